"""The commands of reviewers, contributors and the nightly run; ``bet.cli`` adds them to the others."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

import click

from bet.chapter import outputs
from bet.faults import BadInput, Fault
from bet.paths import BOOK, BUILD, shown

SITE = BUILD / "html"


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@click.option("-o", "--output", default=BUILD / "review", type=click.Path(file_okay=False, path_type=Path),
              help="Folder of the report.")  # fmt: skip
@click.option("--site", default="", help="Address of the published book, for links.")
@click.option("--no-pixels", is_flag=True, help="Do not draw the charts.")
def diff(base: str, head: str | None, output: Path, site: str, no_pixels: bool) -> None:
    """Say which conclusions change from BASE to HEAD (default: the working tree).

    Both are git revisions or folders of the repository's layout. Writes compare.md and compare.html.
    Exit code 0: no conclusion changes; 1: some do, each explained in its claim's history;
    2: a verdict changes without a history entry.
    """
    from bet.paths import write_text
    from bet.review import compare, pixels, report, snapshot

    with tempfile.TemporaryDirectory() as folder:
        before, after, *names = snapshot.pair(base, head, Path(folder))
    found = compare.compare(before, after)
    pairs = {name: pair for name, pair in found.pictures.items() if all(pair)}
    drawn = None if no_pixels else pixels.differences(pairs)
    site = f"{site.rstrip('/')}/" if site else ""
    text = report.markdown(found, tuple(names), drawn, site)
    write_text(output / "review.md", text)
    write_text(output / "review.html", report.page(found, tuple(names), drawn, site))
    click.echo(text.removeprefix(f"{report.MARKER}\n"), nl=False)
    click.echo(f"bet: wrote {shown(output / 'review.html')}", err=True)
    sys.exit(found.code)


@click.command()
@click.option(
    "--on", "day", default=None, metavar="DATE", help="The day to ask for; default today."
)
def due(day: str | None) -> None:
    """List what has to be looked at again: reviews, conditions that came true, forecast_lock.

    Exit code 1 when there is anything.
    """
    from bet.records import claims, forecast_lock, sources
    from bet.review.due import due as list_due

    try:
        when = dt.date.fromisoformat(day) if day else dt.date.today()
    except ValueError:
        raise BadInput([Fault("--on", repr(day), "an ISO date such as 2027-11-25")]) from None
    rows = forecast_lock.read_rows() if forecast_lock.ROWS.exists() else []
    found = list(list_due(claims.claims(), sources.evidence(), rows, when))
    for what, why in found:
        click.echo(f"- {what} {why}")
    if not found:
        click.echo(f"nothing is due on {when}")
    sys.exit(1 if found else 0)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(paths: tuple[Path, ...]) -> None:
    """Refuse a bare figure in the prose of notebooks and pages (default: all of book/)."""
    from bet.chapter.lint import page_faults

    wanted = paths or sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")])
    faults = [fault for path in wanted for fault in page_faults(path)]
    if faults:
        raise BadInput(faults)
    click.echo(f"{len(wanted)} pages: no bare figure")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def tidy(paths: tuple[Path, ...]) -> None:
    """Take what differs from run to run out of notebooks (default: all of book/), outputs stay.

    Exit code 1 when a notebook was changed, as commit hooks do.
    """

    changed = []
    for path in paths or sorted(BOOK.glob("*.ipynb")):
        before = path.read_bytes()
        outputs.write(outputs.clean(outputs.read(path)), path)
        if path.read_bytes() != before:
            changed.append(path)
            click.echo(f"{shown(path)} tidied")
    sys.exit(1 if changed else 0)


@click.command()
@click.argument("name")
@click.option("--site", default=SITE, type=click.Path(file_okay=False, path_type=Path), help="The built site.")  # fmt: skip
@click.option("-o", "--output", default=BUILD / "release", type=click.Path(file_okay=False, path_type=Path))  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the manifest; write nothing.")
def release(name: str, site: Path, output: Path, dry_run: bool) -> None:
    """Pack the built site as NAME.tar.gz with a manifest, a bill of materials and SHA256SUMS."""
    from bet.site import release as pack

    if dry_run:
        for path, digest in pack.manifest(site).items():
            click.echo(f"{digest}  {path}")
        return
    bill = pack.bill()
    if bill is None:
        click.echo("bet: no bill of materials: cyclonedx-bom is not installed", err=True)
    for path in pack.write(site, name, output, bill):
        click.echo(f"wrote {shown(path)}")


@click.command()
@click.option("-o", "--output", default=BUILD / "nightly.md", type=click.Path(dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the commands that would run.")
def nightly(output: Path, dry_run: bool) -> None:
    """Run every check again, refreshing the notebooks in place, and write what was found.

    Exit code 1 when anything was; the file is written only then.
    """
    from bet.paths import write_text
    from bet.review import nightly as rounds

    if dry_run:
        for command in rounds.STEPS.values():
            click.echo(" ".join(command))
        return
    output.unlink(missing_ok=True)
    found = rounds.report()
    if found:
        write_text(output, found)
        click.echo(found)
    sys.exit(1 if found else 0)


@click.command()
@click.argument("kind", type=click.Choice(["claim", "source", "evidence", "table", "chart"]))
def template(kind: str) -> None:
    """Print a record, or the cell of a chart, to copy and fill in."""
    from bet.records.templates import TEMPLATES

    click.echo(TEMPLATES[kind], nl=False)


COMMANDS = (diff, due, lint, tidy, release, nightly, template)
