"""The command line: ``python -m bet`` or ``bet``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bet import cli_review
from bet.faults import BadInput, Fault, NotebookFailed
from bet.paths import BUILD, shown

SCREEN, LINE = 40, 600  # how much of a message is shown: lines, letters in each


class Commands(click.Group):
    """A group that prints every fault of bad input and exits with code 2, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; tell faults instead of raising them."""
        try:
            return super().invoke(ctx)
        except BadInput as error:
            for fault in error.faults[:SCREEN]:
                told = str(fault)
                told = told if len(told) <= LINE else f"{told[:LINE]}…"
                click.echo(f"bet: {told}", err=True)
            if len(error.faults) > SCREEN:
                click.echo(f"bet: and {len(error.faults) - SCREEN} more faults", err=True)
            sys.exit(2)
        except NotebookFailed as error:
            click.echo(f"bet: {error}", err=True)
            sys.exit(1)
        except OSError as error:  # a full disk, a folder that cannot be written
            name = shown(Path(str(error.filename))) if error.filename else "file"
            click.echo(f"bet: {name}: {error.strerror or error}", err=True)
            sys.exit(1)


with_parameters = click.option(
    "-p",
    "--parameter",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter set to another value than its default; repeat for more.",
)


@click.group(cls=Commands)
def main() -> None:
    """Audit an investment thesis: check the data, run the notebooks, build the book."""


@main.command()
def check() -> None:
    """Check every record and table of data/ and say what is wrong, where, and what is right."""
    from bet.records.check import all_faults, summary

    faults = all_faults()
    if faults:
        raise BadInput(faults)
    click.echo(summary())


@main.command("hash")
@click.argument("names", nargs=-1, required=True)
def hash_tables(names: tuple[str, ...]) -> None:
    """Write the sha256 of the named tables into their sidecars, after an intended change."""
    from bet.records.check import rehash

    for name in names:
        rehash(name)
        click.echo(f"{name}: sha256 written")


@main.command("datapackage")
def data_package() -> None:
    """Write data/datapackage.json, the Frictionless descriptor made from the tables' sidecars."""
    from bet.paths import write_text
    from bet.records import datapackage

    write_text(datapackage.PATH, datapackage.text())
    click.echo(f"wrote {shown(datapackage.PATH)}")


@main.command()
@click.argument("notebook")
@with_parameters
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Where to write the run.")
@click.option("--in-place", is_flag=True, help="Refresh the committed outputs of the notebook.")
def run(
    notebook: str, given: tuple[tuple[str, str], ...], output: str | None, in_place: bool
) -> None:
    """Run one notebook under its own or your parameters."""
    from bet.records import parameters
    from bet.run import execute

    source = execute.path_of(notebook)
    if in_place and given:
        raise BadInput(
            [Fault("--in-place", "parameters", "none: committed outputs are the defaults")]
        )
    values = {name: parameters.from_text(source.stem, name, text) for name, text in given}
    aside = execute.target(output) if output else BUILD / "runs" / source.name
    target = source if in_place else aside
    execute.run(source.stem, values, target)
    if in_place:
        execute.write_chart_hashes()
    click.echo(f"wrote {shown(target)}")


@main.command()
@click.option("--edition", "names", multiple=True, help="Also build this edition; repeat for more.")
@click.option("--all", "every", is_flag=True, help="Build every edition of data/editions.yml.")
@click.option("--fresh", is_flag=True, help="Run every notebook, whatever is kept of earlier runs.")
def build(names: tuple[str, ...], every: bool, fresh: bool) -> None:
    """Run every notebook whose code or data changed, and build the site into _build/html."""
    from bet.records.editions import editions
    from bet.site.build import build as build_book

    page = build_book(list(editions()) if every else names, say=click.echo, fresh=fresh)
    click.echo(f"The book is at {shown(page)}. To read it: make serve")


@main.command()
def refresh() -> None:
    """Run every notebook at its defaults and write the outputs in place."""
    from bet.site.build import refresh as refresh_notebooks

    refresh_notebooks(say=click.echo)


@main.command("addresses")
@click.option(
    "--anew", is_flag=True, help="Drop what is gone; only before anybody can have linked."
)
def list_addresses(anew: bool) -> None:
    """Write data/addresses.txt, the addresses that are promised to last; nothing is dropped."""
    from bet.paths import write_text
    from bet.site import addresses

    write_text(addresses.PATH, addresses.text(anew))
    click.echo(f"{shown(addresses.PATH)}: {len(addresses.promised())} addresses")


@main.command()
def pdf() -> None:
    """Print the built book into one PDF and link it from the site; needs a Chromium."""
    from bet.site.pdf import write

    click.echo(f"wrote {shown(write(say=click.echo))}")


@main.command("parameters")
@click.argument("notebook", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the registry for machines.")
def list_parameters(notebook: str | None, as_json: bool) -> None:
    """List what notebooks can be run with: names, defaults, units, ranges, claims."""
    from bet.records import parameters
    from bet.run import execute

    wanted = [execute.path_of(notebook).stem] if notebook else list(parameters.registry())
    known = {name: parameters.registry()["common"] if name == "common" else parameters.parameters_of(name)
             for name in wanted}  # fmt: skip
    if as_json:
        entries = {n: {k: e.model_dump() for k, e in v.items()} for n, v in known.items()}
        click.echo(json.dumps(entries, indent=1, ensure_ascii=False))
        return
    for name, own in known.items():
        click.echo(name)
        for key, entry in own.items():
            allowed = "|".join(entry.choices) if entry.choices else f"{entry.min}..{entry.max}"
            bears = f" [{', '.join(entry.claims)}]" if entry.claims else ""
            click.echo(
                f"  {key} = {entry.default} {entry.unit} ({allowed}): {entry.meaning}{bears}"
            )


@main.command()
@click.argument("notebook")
@click.option(
    "--over",
    multiple=True,
    metavar="NAME=START:STOP[:N]",
    help="A parameter and its range; with N points for a grid. Repeat for more.",
)
@click.option(
    "--sample",
    type=int,
    metavar="N",
    help="N sets of a Latin hypercube over all numeric parameters, or those of --over.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the sample.")
@with_parameters
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the runs and the table; default _build/sweeps/NOTEBOOK.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A running Dask scheduler; default: one process per core of this machine.",
)
def sweep(
    notebook: str,
    over: tuple[str, ...],
    sample: int | None,
    seed: int,
    given: tuple[tuple[str, str], ...],
    output: Path | None,
    scheduler: str | None,
) -> None:
    """Run a notebook under many sets of parameters and collect one table.

    Stopped, it goes on where it was: a finished run is never made again until the notebook, the
    data, the package or the pins change. A set that fails is a row with its error. Workers of a
    cluster need one thread each, this checkout, and the output folder under the same path.
    """  # fmt: skip
    from bet.records import parameters
    from bet.run import execute, sweep

    name = execute.path_of(notebook).stem
    fixed = {key: parameters.from_text(name, key, text) for key, text in given}
    sets = sweep.design(name, over, sample, seed, fixed)
    folder = sweep.target(output) if output else BUILD / "sweeps" / name
    done = sweep.finished(name, sets, folder)
    click.echo(f"{len(sets)} sets of {name}, {done} finished earlier", err=True)
    table = sweep.sweep(name, sets, folder, scheduler, progress=_bar)
    for path in sweep.write(table, folder):
        click.echo(f"wrote {shown(path)}")
    failed = int(table.error.notna().sum())
    if failed:
        click.echo(f"bet: {failed} of {len(sets)} sets failed: see the column error", err=True)


def _bar(runs: Iterator[Any], count: int) -> Iterator[Any]:
    """Give what is given, and show on stderr how far it is."""
    with click.progressbar(runs, length=count, label="runs", show_pos=True, file=sys.stderr) as bar:
        yield from bar


for command in cli_review.COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main()
