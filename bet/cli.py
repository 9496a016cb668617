"""The command line: ``python -m bet`` or ``bet``."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bet.faults import BadInput, Fault, NotebookFailed, require
from bet.paths import NoBook, here, require_own_package, shown, write_text

if TYPE_CHECKING:
    from bet.review.compare import Review

SCREEN, LINE = 40, 600  # how much of a message is shown: lines, letters in each


TEMPLATE_KINDS = (
    "claim",
    "source",
    "evidence",
    "table",
    "chart",
    "parameter",
    "edition",
    "forecast",
)
UNJUDGED = 3  # exit code: the command could not do its work; of `diff` any fault, else one of ours


class Commands(click.Group):
    """A group that prints every fault in a line, never a traceback.

    Exit code 2 for bad input, 1 for a failed notebook or file, 3 for anything unforeseen. Of `diff`,
    whose codes 0, 1 and 2 are results, every fault is 3.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; tell faults instead of raising them."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, SystemExit):
            raise
        except click.UsageError as error:
            if ctx.invoked_subcommand != "diff":
                raise
            error.show()
            code = error.exit_code
        except (click.Abort, KeyboardInterrupt):
            click.echo("bet: stopped", err=True)
            code = 1
        except BadInput as error:
            _tell(error.faults)
            code = 2
        except NotebookFailed as error:
            click.echo(f"bet: {error}", err=True)
            code = 1
        except BrokenPipeError:  # whoever reads, such as head, has seen enough
            _say_no_more()
            code = 1
        except OSError as error:  # a full disk, a folder that cannot be written
            name = shown(Path(str(error.filename))) if error.filename else "file"
            click.echo(f"bet: {name}: {error.strerror or error}", err=True)
            code = 1
        except Exception as error:  # a fault of ours: one line, and a code that is no result
            told = " ".join(f"{type(error).__name__}: {error}".split())
            click.echo(f"bet: {told[:LINE]}", err=True)
            code = UNJUDGED
        sys.exit(UNJUDGED if ctx.invoked_subcommand == "diff" else code)


def _say_no_more() -> None:
    """Let what is still to be written go nowhere: Python flushes its streams once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def _tell(faults: list[Fault]) -> None:
    for fault in faults[:SCREEN]:
        told = str(fault)
        told = told if len(told) <= LINE else f"{told[:LINE]}…"
        click.echo(f"bet: {told}", err=True)
    if len(faults) > SCREEN:
        click.echo(f"bet: and {len(faults) - SCREEN} more faults", err=True)


class TakesParameters(click.Command):
    """A command whose -p takes NAME VALUE, and NAME=VALUE too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Split NAME=VALUE after -p before click reads the arguments."""
        split: list[str] = []
        for word in args:
            name, equals, value = word.partition("=")
            after = bool(split) and split[-1] in ("-p", "--parameter")
            split += [name, value] if after and equals else [word]
        return super().parse_args(ctx, split)


with_parameters = click.option(
    "-p",
    "--parameter",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter and its value, also as NAME=VALUE; repeat for more.",
)


in_kernels = click.option(
    "--kernel", is_flag=True, help="Run notebooks in ordinary Jupyter kernels, not in forks."
)


@click.group(cls=Commands)
@click.version_option(package_name="bet", prog_name="bet")
def main() -> None:
    """Audit an investment thesis: check the data, run the notebooks, build the book."""
    with contextlib.suppress(NoBook):  # some commands need none; the others say so
        require_own_package()


@main.command()
def check() -> None:
    """Check every record, table and parameters cell; say what is wrong, where, and what is right."""
    from bet.records.check import summary
    from bet.run import check as checks

    require(checks.all_faults())
    click.echo(summary())


@main.command("hash")
@click.argument("names", nargs=-1, required=True)
def hash_tables(names: tuple[str, ...]) -> None:
    """Write the sha256 of the named tables into their sidecars, after an intended change.

    Writes data/datapackage.json anew as well, which holds them too.
    """
    from bet.records import datapackage
    from bet.records.check import rehash

    for name in names:
        rehash(name)
        click.echo(f"{name}: sha256 written")
    click.echo(f"wrote {shown(datapackage.write())}")


@main.group("table")
def table_group() -> None:
    """Tables of data/tables."""


@table_group.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("name")
@click.option(
    "--replace", is_flag=True, help="Write over a table that is there; its sidecar stays."
)
@click.option(
    "--decimal", type=click.Choice([".", ","]), help="The file's sign of decimals, where asked."
)
@click.option(
    "--text",
    "words",
    multiple=True,
    metavar="COLUMN",
    help="A column whose cells stay as they are.",
)
def import_table(
    file: Path, name: str, replace: bool, decimal: str | None, words: tuple[str, ...]
) -> None:
    """Write a spreadsheet's CSV as data/tables/NAME.csv in our form, with a draft of its sidecar.

    Semicolons, tabs, decimal commas, marks and line ends of Windows, spaces at the ends of cells and days
    such as 14.11.2025 are turned into our form. A column whose numbers can be read in two ways is told and
    wants --decimal. A cell among numbers or days that is none is told too, unless --text names its column.
    Fill in the draft; `bet check` says what is left.
    """
    from bet.records import tables

    for path in tables.import_file(file, name, replace, decimal, words):
        click.echo(f"wrote {shown(path)}")
    click.echo(f"next: fill in data/tables/{name}.yml; bet hash {name}; bet check")


@main.command("datapackage")
def data_package() -> None:
    """Write data/datapackage.json, the Frictionless descriptor made from the tables' sidecars."""
    from bet.records import datapackage

    click.echo(f"wrote {shown(datapackage.write())}")


@main.command(cls=TakesParameters)
@click.argument("notebook")
@with_parameters
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Where to write the run.")
@click.option("--in-place", is_flag=True, help="Refresh the committed outputs of the notebook.")
@click.option("--beyond", is_flag=True, help="Let numbers leave their ranges; the run says so.")
def run(
    notebook: str,
    given: tuple[tuple[str, str], ...],
    output: str | None,
    in_place: bool,
    beyond: bool,
) -> None:
    """Run one notebook under its own or your parameters, and say what moved against its defaults."""
    from bet.records import parameters
    from bet.run import execute

    source = execute.path_of(notebook)
    if in_place and given:
        raise BadInput(
            [Fault("--in-place", "parameters", "none: committed outputs are the defaults")]
        )
    values = {name: parameters.from_text(source.stem, name, text) for name, text in given}
    values = execute.asked(source.stem, values, beyond)
    made = here().build / "runs" / execute.file_name(source.stem, values)
    target = source if in_place else execute.target(output) if output else made
    execute.run_asked(source.stem, values, target)
    if in_place:
        execute.write_chart_hashes()
    if values:
        _tell_moved(source.stem, values, target)
    click.echo(f"wrote {target.resolve()}")


def _tell_moved(name: str, values: dict[str, Any], target: Path) -> None:
    """Say what a run moved against the defaults, and which of its values lie beyond their ranges."""
    from bet.chapter.outputs import read
    from bet.records import parameters
    from bet.run import moved

    known, outside = parameters.parameters_of(name), parameters.outside(name, values)
    for key, value in values.items():
        beyond = f", beyond its range of {outside[key]}" if key in outside else ""
        click.echo(f"{key}: {known[key].default} → {value} {known[key].unit}{beyond}")
    for line in moved.lines(moved.rows(name, moved.default_run(name), read(target))):
        click.echo(line)


@main.command()
@click.argument("before")
@click.argument("after")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path),
              help="Folder of the table and the chart; default _build/compare.")  # fmt: skip
def compare(before: str, after: str, output: Path | None) -> None:
    """Say which verdicts and headline numbers move from BEFORE to AFTER.

    Each is a run (.ipynb, as `bet run` wrote it) or the name of an edition. Writes a table (CSV) and
    a chart (SVG) as well.
    """
    from bet.run import moved

    found = moved.compare(before, after, say=lambda line: click.echo(line, err=True))
    title = f"{Path(before).stem} → {Path(after).stem}"
    click.echo(title)
    for name in dict.fromkeys(row.notebook for row in found):
        own = [row for row in found if row.notebook == name]
        click.echo("\n".join([f"{name}:", *moved.lines(own)]))
    folder = output or here().build / "compare"
    stem = title.replace(" → ", "--")
    written = {"csv": moved.table(found).to_csv(index=False, lineterminator="\n"),
               "svg": moved.chart(found)}  # fmt: skip
    for ending, text in written.items():
        if not text:  # nothing moved, nothing to draw
            continue
        path = folder / f"{stem}.{ending}"
        write_text(path, text)
        click.echo(f"wrote {path.resolve()}")


@main.command()
@click.option("--edition", "names", multiple=True, help="Also build this edition; repeat for more.")
@click.option("--all", "every", is_flag=True, help="Build every edition of data/editions.yml.")
@click.option("--fresh", is_flag=True, help="Run every notebook, whatever is kept of earlier runs.")
@in_kernels
@click.option("--repository", default="", help="Address of the public repository, for links to it.")
@click.option("--address", default="", help="Address of the public site, for its map and cards.")
def build(
    names: tuple[str, ...], every: bool, fresh: bool, kernel: bool, repository: str, address: str
) -> None:
    """Run every notebook whose code or data changed, and build the site into _build/html.

    Refused while `bet check` finds a fault. Committed outputs that a run no longer gives are said.
    """
    from bet.records.editions import editions
    from bet.run import check as checks
    from bet.site import build as site

    require(checks.all_faults())
    public = site.public_places(repository, address)
    wanted = list(editions()) if every else names
    page = site.build(wanted, say=click.echo, fresh=fresh, kernel=kernel, public=public)
    click.echo(f"The book is at {shown(page)}. To read it: make serve")


@main.command()
@in_kernels
def refresh(kernel: bool) -> None:
    """Run every notebook at its defaults and write the outputs in place."""
    from bet.site.build import refresh as refresh_notebooks

    refresh_notebooks(say=click.echo, kernel=kernel)


@main.command("addresses")
@click.option(
    "--anew", is_flag=True, help="Drop what is gone; only before anybody can have linked."
)
def list_addresses(anew: bool) -> None:
    """Write data/addresses.txt, the addresses that are promised to last; nothing is dropped."""
    from bet.site import addresses

    write_text(addresses.place(), addresses.text(anew))
    click.echo(f"{shown(addresses.place())}: {len(addresses.promised())} addresses")


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


@main.command(cls=TakesParameters)
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
@click.option(
    "--beyond", is_flag=True, help="Let numbers leave their ranges; every output says so."
)
def sweep(
    notebook: str,
    over: tuple[str, ...],
    sample: int | None,
    seed: int,
    given: tuple[tuple[str, str], ...],
    output: Path | None,
    scheduler: str | None,
    beyond: bool,
) -> None:
    """Run a notebook under many sets of parameters and collect one table.

    Beside the table stand its sidecar (units, meanings, verdicts that move), and for a person a page and
    a notebook of what drives what.

    Stopped, it goes on where it was: a finished run is never made again until the notebook, the
    data, the package or the pins change. A set that fails is a row with its error. Workers of a
    cluster need one thread each, this checkout, and the output folder under the same path.
    """  # fmt: skip
    from bet.records import parameters
    from bet.run import designs, execute, results, sweep

    name = execute.path_of(notebook).stem
    fixed = {key: parameters.from_text(name, key, text) for key, text in given}
    execute.asked(name, fixed, beyond)
    sets = designs.design(name, over, sample, seed, fixed, beyond)
    folder = sweep.target(output) if output else here().build / "sweeps" / name
    done = sweep.finished(name, sets, folder)
    click.echo(f"{len(sets)} sets of {name}, {done} finished earlier", err=True)
    try:
        table = sweep.sweep(name, sets, folder, scheduler, progress=_bar)
    except KeyboardInterrupt:
        done = sweep.finished(name, sets, folder)
        kept = f"{done} of {len(sets)} runs are kept: the same command goes on from there"
        click.echo(f"\nbet: {kept}", err=True)
        raise
    about = sweep.about(name, table, list(sets[0]), folder)
    for line in results.told(about):
        click.echo(line)
    for path in [*sweep.write(table, folder), *results.write(table, about, folder)]:
        click.echo(f"wrote {shown(path)}")
    failed = int(table.error.notna().sum())
    if failed:
        click.echo(f"bet: {failed} of {len(sets)} sets failed: see the column error", err=True)


def _bar(runs: Iterator[Any], count: int) -> Iterator[Any]:
    """Give what is given, and show on stderr how far it is."""
    with click.progressbar(runs, length=count, label="runs", show_pos=True, file=sys.stderr) as bar:
        yield from bar


@main.command()
@click.argument("base")
@click.argument("head", required=False)
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path),
              help="Folder of the report; default _build/review.")  # fmt: skip
@click.option("--executed", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of HEAD's notebooks as running them gave them; compared as well.")  # fmt: skip
@click.option("--pages", nargs=2, type=click.Path(path_type=Path), metavar="BEFORE AFTER",
              help="Folders of the two built sites; their pages are drawn and compared as well.")  # fmt: skip
@click.option("--patience", default=180.0, show_default=True, metavar="SECONDS",
              help="How long pages may be drawn; the most changed come first.")  # fmt: skip
@click.option("--site", default="", help="Address of the published book, for links.")
@click.option("--no-pixels", is_flag=True, help="Do not draw the charts.")
def diff(
    base: str,
    head: str | None,
    output: Path | None,
    executed: Path | None,
    pages: tuple[Path, Path] | None,
    patience: float,
    site: str,
    no_pixels: bool,
) -> None:
    """Say which conclusions change from BASE to HEAD (default: the working tree).

    Both are git revisions, or folders of the repository's layout (within a repository ./NAME). Writes
    review.md and review.html, also when something could not be judged: they say what, and why. With
    --pages, the pages that look different are there in part, and whole in the folder pages.
    Exit code 0: no verdict changes; 1: some do, each explained in its claim's history;
    2: one changes without a history entry, or something comes in that no page may hold; 3: something could not be judged.
    """
    from bet.review import pages as sites
    from bet.review import pixels, report, report_page

    output = output or _made() / "review"
    found, names = _reviewed(base, head, executed, pages)
    pairs = {name: pair for name, pair in found.pictures.items() if all(pair)}
    drawn = None if no_pixels else pixels.differences(pairs)
    site = f"{site.rstrip('/')}/" if site else ""
    looks = sites.draw(*pages, patience) if pages else None
    text = report.markdown(found, names, drawn, site, looks)
    write_text(output / "review.md", text)
    write_text(output / "review.html", report_page.page(found, names, drawn, site, looks))
    if looks:
        sites.write(looks, output / "pages")
    click.echo(text.removeprefix(f"{report.MARKER}\n"), nl=False)
    _tell(found.faults)
    click.echo(f"bet: wrote {shown(output / 'review.html')}", err=True)
    sys.exit(found.code)


def _reviewed(
    base: str, head: str | None, run: Path | None, sites: tuple[Path, Path] | None = None
) -> tuple[Review, tuple[str, str]]:
    """Compare; where nothing can be read, return a review that says so."""
    from bet.review import compare, snapshot
    from bet.site.safe import site_faults

    try:
        with tempfile.TemporaryDirectory() as folder:
            before, after, *names = snapshot.pair(base, head, Path(folder))
        ran = snapshot.executed(after, run) if run else None
        found = compare.compare(before, after, ran)
        if sites:
            found = compare.with_pages(found, before, ran or after, sites, site_faults)
        return found, (names[0], names[1])
    except BadInput as error:
        faults = error.faults
    except Exception as error:  # whatever it is, the report says that nothing was judged
        told = " ".join(f"{type(error).__name__}: {error}".split())
        faults = [Fault("bet diff", told[:200], "two revisions or folders that can be read")]
    return compare.Review([], faults=faults), (base, head or "the working tree")


def _made() -> Path:
    """Return the folder of what commands make, also where one stands in no book."""
    try:
        return here().build
    except BadInput:
        return Path("_build")


@main.command()
@click.option(
    "--on", "day", default=None, metavar="DATE", help="The day to ask for; default today."
)
def due(day: str | None) -> None:
    """List what has to be looked at again: reviews, conditions that came true, forecasts.

    Exit code 1 when there is anything.
    """
    from bet.records import claims, forecast_lock, sources
    from bet.review.due import due as list_due

    try:
        when = dt.date.fromisoformat(day) if day else dt.date.today()
    except ValueError:
        raise BadInput([Fault("--on", repr(day), "an ISO date such as 2027-11-25")]) from None
    frozen = forecast_lock.rows_of(here())
    rows = forecast_lock.read_rows(frozen) if frozen.exists() else []
    found = list(list_due(claims.claims(), sources.evidence(), rows, when))
    for what, why in found:
        click.echo(f"- {what} {why}")
    if not found:
        click.echo(f"nothing is due on {when}")
    sys.exit(1 if found else 0)


@main.command("serve")
@click.option("--port", type=int, help="The port to serve at; default 8000, or one that is free.")
@click.option("--open", "browse", is_flag=True, help="Open the browser.")
def serve_site(port: int | None, browse: bool) -> None:
    """Serve the built site on this machine and say where."""
    from bet.site.serve import serve

    serve(port, click.echo, browse)


@main.command()
@click.option("--port", default=0, help="The port to serve at; default one that is free.")
@click.option("--open", "browse", is_flag=True, help="Open the browser.")
def preview(port: int, browse: bool) -> None:
    """Save a file, see its page: run and write again what a change asks for, reload the browser."""
    from bet.site.preview import serve

    serve(port, click.echo, browse)


@main.command("preview-worker", hidden=True)
def preview_worker() -> None:
    """Write pages for the preview, as lines on stdin ask."""
    from bet.site.preview import work

    work()


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(paths: tuple[Path, ...]) -> None:
    """Refuse a bare figure in the prose of notebooks and pages (default: all of book/).

    Without PATHS also a headline fact with two values, and a card that the ledger does not bear out.
    """
    from bet.chapter.lint import page_faults
    from bet.chapter.said import book_faults

    wanted = paths or sorted([*here().book.glob("*.ipynb"), *here().book.glob("*.md")])
    faults = [fault for path in wanted for fault in page_faults(path)]
    faults += [] if paths else book_faults()
    if faults:
        raise BadInput(faults)
    click.echo(
        f"{len(wanted)} pages: no bare figure{'' if paths else ', one value a fact, cards as the ledger'}"
    )


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def tidy(paths: tuple[Path, ...]) -> None:
    """Take what differs from run to run out of notebooks (default: all of book/), outputs stay.

    Exit code 1 when a notebook was changed, as commit hooks do.
    """
    from bet.chapter import outputs

    changed = []
    for path in paths or sorted(here().book.glob("*.ipynb")):
        before = path.read_bytes()
        outputs.write(outputs.clean(outputs.read(path)), path)
        if path.read_bytes() != before:
            changed.append(path)
            click.echo(f"{shown(path)} tidied")
    sys.exit(1 if changed else 0)


@main.command()
@click.argument("name")
@click.option("--site", type=click.Path(file_okay=False, path_type=Path), help="The built site; default _build/html.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path))  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the manifest; write nothing.")
def release(name: str, site: Path | None, output: Path | None, dry_run: bool) -> None:
    """Pack the built site as NAME.tar.gz with a manifest, a bill of materials and SHA256SUMS."""
    from bet.site import release as pack

    site, output = site or _site(), output or here().build / "release"
    pack.require_built(site)  # the bill takes its time
    if dry_run:
        for name, digest in pack.manifest(site).items():
            click.echo(f"{digest}  {name}")
        return
    bill = pack.bill()
    if bill is None:
        click.echo("bet: no bill of materials: cyclonedx-bom is not installed", err=True)
    for path in pack.write(site, name, output, bill):
        click.echo(f"wrote {shown(path)}")


@main.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the commands that would run.")
def nightly(output: Path | None, dry_run: bool) -> None:
    """Run every check again, refreshing the notebooks in place, and write what was found.

    Exit code 1 when anything was; the file is written only then.
    """
    from bet.review import nightly as rounds

    if dry_run:
        for command in rounds.STEPS.values():
            click.echo(" ".join(command))
        return
    output = output or here().build / "nightly.md"
    output.unlink(missing_ok=True)
    found = rounds.report()
    if found:
        write_text(output, found)
        click.echo(found)
    sys.exit(1 if found else 0)


@main.command()
@click.argument("kind", type=click.Choice(TEMPLATE_KINDS))
def template(kind: str) -> None:
    """Print a record, a row of forecasts, or the cell of a chart, to copy and fill in."""
    from bet.records.templates import TEMPLATES

    click.echo(TEMPLATES[kind], nl=False)


@main.group()
def forecast() -> None:
    """Our own forecasts, frozen row by row."""


@forecast.command("lock")
def lock_forecasts() -> None:
    """Freeze new rows of data/tables/forecasts.csv; refuse when a frozen row was touched."""
    from bet.records import forecast_lock

    new = forecast_lock.lock_new_rows(forecast_lock.rows_of(here()), forecast_lock.lock_of(here()))
    click.echo(f"locked {', '.join(new)}" if new else "no new forecast to lock")


def _site() -> Path:
    return here().build / "html"


if __name__ == "__main__":
    main()
