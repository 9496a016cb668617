"""The command line: ``python -m bet`` or ``bet``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bet.faults import BadInput, Fault, NotebookFailed
from bet.paths import BUILD, shown


class Commands(click.Group):
    """A group that prints every fault of bad input and exits with code 2, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; tell faults instead of raising them."""
        try:
            return super().invoke(ctx)
        except BadInput as error:
            for fault in error.faults:
                click.echo(f"bet: {fault}", err=True)
            sys.exit(2)
        except NotebookFailed as error:
            click.echo(f"bet: {error}", err=True)
            sys.exit(1)


@click.group(cls=Commands)
def main() -> None:
    """Audit an investment thesis: check the data, run the notebooks, build the book."""


@main.command()
def check() -> None:
    """Check every record and table of data/ and say what is wrong, where, and what is right."""
    from bet.check import all_faults, summary

    faults = all_faults()
    if faults:
        raise BadInput(faults)
    click.echo(summary())


@main.command("hash")
@click.argument("names", nargs=-1, required=True)
def hash_tables(names: tuple[str, ...]) -> None:
    """Write the sha256 of the named tables into their sidecars, after an intended change."""
    from bet.check import rehash

    for name in names:
        rehash(name)
        click.echo(f"{name}: sha256 written")


@main.command()
@click.argument("notebook")
@click.option(
    "-p",
    "--parameter",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter of the notebook; repeat for more.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Where to write the run.")
@click.option("--in-place", is_flag=True, help="Refresh the committed outputs of the notebook.")
def run(
    notebook: str, given: tuple[tuple[str, str], ...], output: str | None, in_place: bool
) -> None:
    """Run one notebook under its own or your parameters."""
    from bet import notebooks, parameters

    source = notebooks.path_of(notebook)
    if in_place and given:
        raise BadInput(
            [Fault("--in-place", "parameters", "none: committed outputs are the defaults")]
        )
    values = {name: parameters.from_text(source.stem, name, text) for name, text in given}
    target = source if in_place else Path(output) if output else BUILD / "runs" / source.name
    notebooks.run(source.stem, values, target)
    click.echo(f"wrote {shown(target)}")


@main.command()
def build() -> None:
    """Run every notebook and build the site into _build/html."""
    from bet.build import build as build_book

    page = build_book(say=click.echo)
    click.echo(f"The book is at {shown(page)}. To read it: make serve")


@main.command()
def refresh() -> None:
    """Run every notebook at its defaults and write the outputs in place."""
    from bet.build import refresh as refresh_notebooks

    refresh_notebooks(say=click.echo)


if __name__ == "__main__":
    main()
