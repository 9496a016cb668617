"""Build the book: run every notebook, write the site whole, swap it in.

The site's root is the edition 'today'; every other edition is a full site under editions/NAME/.
Notebooks run in a staging folder, so that the committed ones stay as they are, and a failed build
leaves the last good site in place. A run is taken from ``bet.run.cache`` while nothing it depends on has
changed; the pages are always written anew, since an incremental site is not equal to a clean one.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib
import multiprocessing
import os
import re
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import connection
from pathlib import Path
from typing import Any

import yaml

from bet.chapter.outputs import read
from bet.faults import Fault, NotebookFailed, require
from bet.paths import here, shown, write_text
from bet.records import claims, parameters, sources
from bet.records.editions import TODAY, edition, values_of
from bet.run import cache, execute, fork
from bet.site import finish, safe, styles

_FORK = multiprocessing.get_context("fork")
Say = Callable[[str], None]


def stage_folder() -> Path:
    """Return where the executed notebooks and pages of every edition are during a build."""
    return here().build / "stage"


def build(
    names: Sequence[str] = (),
    target: Path | None = None,
    say: Say = print,
    fresh: bool = False,
    kernel: bool = False,
    public: Mapping[str, str] | None = None,
) -> Path:
    """Build today's edition and the named ones; put the site at ``target``, or else in _build/html.

    ``public`` stands in for settings of ``_config.yml``, as ``public_places`` gives them.
    With ``fresh`` every notebook is run, whatever is kept of earlier runs; with ``kernel`` in ordinary
    Jupyter kernels, not in forks. Returns the first page. Committed outputs that a run no longer gives are said.
    Raises BadInput, also for a page that ``safe`` refuses, or NotebookFailed; ``target`` is then left as it was.
    """
    target = target or here().build / "html"
    wanted = list(dict.fromkeys((TODAY, *names)))
    for name in wanted:
        edition(name)
    with _alone():
        for name in wanted:
            told = {**(public or {}), "bet_edition": name, "bet_editions": wanted}
            stage(stage_folder() / name, told)
        _run_all(wanted, say, fresh, kernel)
        for path in stale():
            say(
                f"{shown(path)}: its outputs are stale; to renew them: bet run {path.stem} --in-place"
            )
        _write_all(wanted, say)
        site = _site_of(TODAY)
        for name in wanted:
            for_readers(_site_of(name))
            safe.require_site(_site_of(name))
        for name in wanted[1:]:
            shutil.copytree(_site_of(name), site / "editions" / name)
        _swap(site, target)
    return target / "index.html"


def for_readers(site: Path) -> None:
    """Make a written site the one that is published: our entrance, and nothing that only Sphinx needs."""
    finish.entrance(site)
    styles.cut_styles(site)
    # Sphinx's note to itself, with a hash that differs between versions of Python
    (site / ".buildinfo").unlink(missing_ok=True)


def _site_of(name: str) -> Path:
    """Return where Jupyter Book writes the pages of an edition."""
    return stage_folder() / name / "_build" / "html"


def public_places(repository: str = "", address: str = "") -> dict[str, str]:
    """Return the settings for the public repository and the site's address; empty ones are left out.

    Raises BadInput for what is no https address.
    """
    given = {"bet_repository": ("--repository", repository.rstrip("/")),
             "html_baseurl": ("--address", f"{address.rstrip('/')}/" if address else "")}  # fmt: skip
    require(
        [
            Fault(option, repr(value), "an address such as https://example.org/book")
            for option, value in given.values()
            if value and not re.fullmatch(r"https://[\w.-]+(/[\w.~/-]*)?", value, re.ASCII)
        ]
    )
    return {key: value for key, (_, value) in given.items() if value}


@contextmanager
def _alone() -> Iterator[None]:
    """Let one build at a time work in this checkout; a second one waits for it."""
    here().build.mkdir(exist_ok=True)
    with open(here().build / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stage(folder: Path, told: Mapping[str, Any]) -> None:
    """Copy what the site is made from, the notebooks excepted, and tell Sphinx which edition it is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    root = here().folder
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    write_text(folder / "_config.yml", yaml.safe_dump(configured(settings, told)))
    shutil.copy(root / "_toc.yml", folder)
    shutil.copytree(root / "web", folder / "web")
    (folder / "book").mkdir()
    for path in here().book.glob("*.md"):
        shutil.copy(path, folder / "book" / path.name)


def configured(settings: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the book's settings with ``told``, which edition it is and which are built, for Sphinx.

    Cards and site maps need absolute addresses: they come once the site has a public one.
    """
    sphinx = settings.get("sphinx", {})
    values = {**sphinx.get("config", {}), **told}
    extensions = list(sphinx.get("extra_extensions", []))
    if base := values.get("html_baseurl"):
        name, book = told["bet_edition"], settings["title"]
        # The pages of an edition are canonical where they are, and their cards say whose figures they show.
        if name != TODAY:
            base = f"{base.rstrip('/')}/editions/{name}/"
            values["html_baseurl"] = base
            book = f"{book} (edition: {edition(name).title})"
        extensions += ["sphinxext.opengraph", "sphinx_sitemap"]
        values |= {"ogp_site_url": base, "ogp_site_name": book, "ogp_type": "article"}
        values["ogp_enable_meta_description"] = False  # ours stands already
        values["sitemap_url_scheme"] = "{link}"
    return {**settings, "sphinx": {**sphinx, "config": values, "extra_extensions": extensions}}


def _run_all(editions: Sequence[str], say: Say, fresh: bool, kernel: bool) -> None:
    """Run what is to be run on all cores, telling the progress; the first failure stops the build.

    An edition's chapter under the same values as today's is today's run, copied.
    """
    runs, copies = plan(editions)
    left = [run for run in runs if fresh or not cache.reuse(*run)]
    if len(left) < len(runs):
        say(f"{len(runs) - len(left)} of {len(runs)} runs are kept from an earlier build")
    if left:
        run_in_processes(left, say, kernel)
        cache.prune()
    for source, path in copies:
        shutil.copy(source, path)


def stale() -> list[Path]:
    """Return the committed notebooks whose outputs are not those of today's run in the staging folder."""
    runs = sorted((stage_folder() / TODAY / "book").glob("*.ipynb"))
    pairs = [(execute.path_of(run.stem), run) for run in runs]
    return [path for path, run in pairs if shown_by(path) != shown_by(run)]


def shown_by(path: Path) -> list[Any]:
    """Return the outputs of a notebook's cells; numbers count by value, whatever they are written like."""
    return [cell.get("outputs") for cell in read(path).cells]


def run_in_processes(runs: Sequence[tuple[str, dict, Path]], say: Say, kernel: bool) -> None:
    """Run and keep notebooks on all cores: (name, values, output) each; the first failure stops all."""
    fork.prepare()  # once, before the processes fork

    started = time.monotonic()
    workers = min(os.cpu_count() or 1, len(runs))
    with ProcessPoolExecutor(workers, _FORK, fork.end_with_parent, (os.getpid(),)) as pool:
        pending = {pool.submit(cache.run, *run, kernel=kernel): run for run in runs}
        prepare_to_write()  # while kernels start
        for done, future in enumerate(as_completed(pending), 1):
            try:
                future.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
            name, _, path = pending[future]
            told = f"{name} ({path.parent.parent.name})"
            say(f"[{done}/{len(runs)}] {told} done after {time.monotonic() - started:.0f} s")


def _write_all(editions: Sequence[str], say: Say) -> None:
    """Write the pages of each edition in a process of its own, one for each core at a time."""
    prepare_to_write()
    waiting = list(editions)
    running: dict[Any, tuple[str, Any]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                name = waiting.pop(0)
                # No daemon: sphinx-sitemap starts a process of its own.
                writer = _FORK.Process(target=_sphinx, args=(name, os.getpid()))
                writer.start()
                running[writer.sentinel] = (name, writer)
            for sentinel in connection.wait(list(running)):
                name, writer = running.pop(sentinel)
                writer.join()
                if writer.exitcode:
                    told = _last(name)
                    gap = "\n" if "\n" in told else " "
                    raise NotebookFailed(
                        f"the site of edition '{name}' could not be built:{gap}{told}"
                    )
                say(f"wrote the site of edition '{name}'")
    finally:
        for _, writer in running.values():
            writer.terminate()


def plan(editions: Sequence[str]) -> tuple[list[tuple[str, dict, Path]], list[tuple[Path, Path]]]:
    """Return the runs (notebook, values, output) and the copies (from, to) that editions need."""
    runs: list[tuple[str, dict, Path]] = []
    copies: list[tuple[Path, Path]] = []
    done: dict[tuple, Path] = {}
    for name in editions:
        for notebook in execute.names():
            values = values_of(name, notebook)
            path = stage_folder() / name / "book" / f"{notebook}.ipynb"
            key = (notebook, tuple(sorted(parameters.check(notebook, values).items())))
            if key in done:
                copies.append((done[key], path))
            else:
                done[key] = path
                runs.append((notebook, values, path))
    return runs, copies


def prepare_to_write() -> None:
    """Import the writer and read the records once; every edition's process is forked from here."""
    for name in (
        "jupyter_book.cli.main",
        "jupyter_book.sphinx",
        "myst_nb.sphinx_ext",
        "bet.site.extension",
    ):
        importlib.import_module(name)

    claims.claims(), sources.sources(), sources.evidence()


def _sphinx(name: str, parent: int) -> None:
    """Write the pages of a staged edition; the exit code is Jupyter Book's."""
    fork.end_with_parent(parent)
    sys.exit(sphinx(stage_folder() / name, _log(name)))


def sphinx(folder: Path, log: Path) -> int:
    """Be ``jupyter-book build`` in a staged folder: warnings are errors, words go to a file.

    Returns the exit code; the process is of no use for anything else afterwards.
    """
    from jupyter_book.cli.main import main

    os.environ.update(TZ="UTC", LC_ALL="C.UTF-8")
    time.tzset()
    os.chdir(folder)
    # Open to the end of the process, which writes a traceback there.
    sys.stdout = sys.stderr = log.open("w", encoding="utf-8", buffering=1)
    try:
        main(["build", "-W", "-n", "--keep-going", str(folder)], prog_name="jupyter-book")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # of a page or of ours: into the log, of which ``complaints`` tells the cause
        traceback.print_exc()
        return 1
    return 0


def _log(name: str) -> Path:
    return stage_folder() / name / "sphinx.log"


def _last(name: str) -> str:
    """Return what the writer of an edition complained of."""
    return complaints(_log(name).read_text(encoding="utf-8"))


# A traceback: its frames are indented, or marks under them; then what was raised, to the next empty line.
_TRACED = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)*((?:.+\n?)*)", re.MULTILINE
)
_RAISED = re.compile(r"(?:[\w.]+\.)?(\w+: )(?=\S)")  # the name of an exception that says something


def complaints(log: str, most: int = 40) -> str:
    """Return the warnings and errors of a Sphinx log; its last words where it has none, progress left out.

    Of a traceback only what was raised first is told, which is the cause of the others.
    """
    log = re.sub(r"\x1b\[[\d;]*m", "", log)  # colours of a terminal
    raised = [text for text in _TRACED.findall(log) if _RAISED.match(text)][:1]
    named = [_RAISED.sub(r"\1", text, count=1).removeprefix("BadInput: ") for text in raised]
    causes = [line for text in named for line in text.splitlines()]
    rest = _TRACED.sub("", log).strip().splitlines()
    lines = [line for line in rest if not re.search(r"\.\.\. \[ *\d+%\]", line)]
    told = [line for line in lines if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
    return "\n".join([*told, *causes][:most] or lines[-most:])


def _swap(site: Path, target: Path) -> None:
    """Put a finished site in place of the last one; at no moment is there none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        site.rename(target)
    elif not _exchanged(site, target):
        old = target.with_name(f".{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        site.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Swap two folders in one step where the system can (Linux); say whether it could."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is None or not hasattr(libc, "renameat2"):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return libc.renameat2(here, bytes(one), here, bytes(other), exchange) == 0


def refresh(say: Say = print, kernel: bool = False) -> None:
    """Run every notebook at its defaults and write its outputs in place; the same bytes if unchanged.

    With ``kernel`` in ordinary Jupyter kernels, not in forks.
    """
    for name in execute.names():
        path = execute.path_of(name)
        before = path.read_bytes()
        execute.run(name, {}, path, kernel=kernel)
        say(f"{shown(path)} {'unchanged' if path.read_bytes() == before else 'refreshed'}")
    execute.write_chart_hashes()
