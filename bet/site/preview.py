"""``make preview``: save a file, see its page.

Watches book/, data/, bet/ and web/, runs the notebooks that depend on a change, writes the pages that
change and reloads the browser. All of it happens in _build/preview: the published site is left alone,
and is the only one that ``safe`` has passed. A title in the menu of other pages, the search and the zip of the notebooks follow at the next start.

Three processes: this one watches and serves and outlives any fault. A worker has the package and the records
loaded, and is replaced when either changes. Each writing is a fork of the worker, so that nothing is left over.
"""

from __future__ import annotations

import filecmp
import functools
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from bet.faults import BadInput, NotebookFailed
from bet.paths import here, shown
from bet.records.editions import TODAY
from bet.site.serve import HOST, Pages, at

_FORK = multiprocessing.get_context("fork")
_WATCHED = ("book", "data", "bet", "web", "_config.yml", "_toc.yml", "CITATION.cff")
_LINES = 12  # of what went wrong, the last ones


def folder() -> Path:
    """Return where the preview keeps its pages."""
    return here().build / "preview"


# ---- this process: watch, serve, tell


class Board:
    """What open pages are told: how often the site was written, and what is wrong now."""

    def __init__(self) -> None:
        self.written, self.fault = 0, ""
        self.changed = threading.Condition()

    def tell(self, fault: str) -> None:
        """Let every open page know of a new writing, or of what stopped it."""
        with self.changed:
            self.written, self.fault = self.written + (not fault), fault
            self.changed.notify_all()

    def as_json(self) -> str:
        """Return the state as one line."""
        return json.dumps({"written": f"{os.getpid()}-{self.written}", "fault": self.fault})


class Previewed(Pages):
    """The pages, each with the script that reloads it."""

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        self.board = board
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Answer with a page, a file, or the stream of events."""
        path = self.path.split("?")[0].split("#")[0]
        if path == "/-/events":
            self._events()
        elif path == "/-/preview.js":
            self._send(Path(__file__).with_name("templates") / "preview.js", "text/javascript")
        elif (page := Path(self.translate_path(path))).suffix == ".html" and page.is_file():
            self._send(page, "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _send(self, path: Path, kind: str) -> None:
        told = path.read_text(encoding="utf-8")
        body = told.replace("</head>", '<script src="/-/preview.js"></script></head>', 1).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            while True:
                self.wfile.write(f"retry: 300\ndata: {self.board.as_json()}\n\n".encode())
                self.wfile.flush()
                with self.board.changed:
                    self.board.changed.wait(15)
        except OSError:
            return  # the page was left


class Worker:
    """A process that has the package and the records loaded, as they are now."""

    def __init__(self) -> None:
        self.heard = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (as long as the worker)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bet", "preview-worker"], cwd=here().folder, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.heard,
        )  # fmt: skip

    def write(self, notebooks: Sequence[str] | None) -> tuple[str, str]:
        """Let it write; return (what it did, what went wrong), one of them empty."""
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(f"{json.dumps(notebooks)}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except OSError:
            answer = ""
        if not answer:  # it died: a module that cannot be imported
            self.heard.seek(0)
            return "", _last(self.heard.read()) or "the worker ended without a word"
        did, fault = json.loads(answer)
        return did, fault

    def stop(self) -> None:
        """End it, and what it began."""
        self.process.kill()
        self.process.wait()
        self.heard.close()


def serve(port: int, say: Callable[[str], None], browse: bool = False) -> None:
    """Preview the book until Ctrl-C; ``port`` 0 takes a free one. Raises BadInput for one that is none, or taken."""
    from watchfiles import watch

    board, site = Board(), folder() / "_build" / "html"
    handler = functools.partial(Previewed, board=board, directory=str(site))
    server = at(port, handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://{HOST}:{server.server_port}"
    places = [path for name in _WATCHED if (path := here().folder / name).exists()]
    rounds = watch(*places, debounce=200, step=50, rust_timeout=500, yield_on_timeout=True, raise_interrupt=False)  # fmt: skip
    worker = Worker()
    try:
        # The folders are watched from the first round on: a save during the first writing counts.
        if next(rounds, None) is None:
            return
        _write(worker, None, "start", board, say)
        say(f"The preview is at {address}, Ctrl-C ends it. Save a file to see its page.")
        if browse:
            webbrowser.open(address)
        for changes in rounds:
            paths = sorted({Path(path) for _, path in changes} - set(_passing(changes)))
            if not paths:
                continue
            what = ", ".join(shown(path) for path in paths[:3]) + (" …" if len(paths) > 3 else "")
            notebooks = touched(paths, here().folder)
            if notebooks is None:
                worker.stop()
                worker = Worker()
            _write(worker, notebooks, what, board, say)
    finally:
        worker.stop()
        server.shutdown()


def _passing(changes: Iterable[tuple[Any, str]]) -> list[Path]:
    """Return the files that an editor or Python leaves behind, which no page is made from."""
    paths = [Path(path) for _, path in changes]
    return [
        path
        for path in paths
        if path.suffix in (".pyc", ".swp", ".tmp") or path.name.startswith((".", "#")) or path.name.endswith("~")
        or {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    ]  # fmt: skip


def touched(paths: Iterable[Path], root: Path) -> list[str] | None:
    """Return the notebooks to run for the changed files; None for what any page may depend on.

    Pages and styles need no run.
    """
    found = []
    for path in paths:
        place = path.relative_to(root).parts
        if place[0] not in ("book", "web"):
            return None
        if path.suffix == ".ipynb" and path.exists():
            found.append(path.stem)
    return found


def _write(
    worker: Worker, notebooks: list[str] | None, what: str, board: Board, say: Callable[[str], None]
) -> None:
    started = time.monotonic()
    did, fault = worker.write(notebooks)
    took = f"{time.monotonic() - started:.1f} s"
    board.tell(fault)  # before the line, so that whoever reads it finds the page so
    say(f"{what}: {did} in {took}" if not fault else f"{what}: {fault}")


def _last(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-_LINES:])


# ---- the worker


def work() -> None:
    """Answer every line on stdin, the notebooks to run or null for all, by one line on stdout."""
    from bet.run import fork
    from bet.site import build

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what anybody prints is no answer
    fault = ""
    try:
        build.prepare_to_write()
    except BadInput as error:
        fault = str(error)
    fork.prepare()
    for line in sys.stdin:
        answer = ["", fault] if fault else _forked(json.loads(line))
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


def _forked(notebooks: list[str] | None) -> list[str]:
    """Write in a fork and return its answer."""
    ours, theirs = _FORK.Pipe(duplex=False)
    writer = _FORK.Process(target=_answer, args=(theirs, notebooks))
    writer.start()
    theirs.close()
    try:
        answer = ours.recv()
    except EOFError:
        answer = ["", _last(_log().read_text(encoding="utf-8")) if _log().exists() else "it ended without a word"]  # fmt: skip
    writer.join()
    return answer


def _log() -> Path:
    return folder() / "sphinx.log"


def _answer(pipe: Any, notebooks: list[str] | None) -> None:
    try:
        answer = [_site(notebooks), ""]
    except (BadInput, NotebookFailed) as error:
        answer = ["", str(error)]
    pipe.send(answer)


def _site(notebooks: list[str] | None) -> str:
    """Bring the preview's pages up to date; return what was done."""
    from bet.run import cache, execute
    from bet.site import build, finish

    stage, runs = folder(), folder() / "runs"
    names = execute.names() if notebooks is None else notebooks
    left: list[tuple[str, dict, Path]] = [(name, {}, runs / f"{name}.ipynb") for name in names]
    left = [run for run in left if not cache.reuse(*run)]
    if left:
        build.run_in_processes(left, lambda _: None, kernel=False)
    build.stage(runs / "site", {"bet_edition": TODAY, "bet_editions": [TODAY], "bet_preview": True})
    for path in runs.glob("*.ipynb"):
        shutil.copy(path, runs / "site" / "book" / path.name)
    _bring(runs / "site", stage)
    _list_charts(stage)
    started = time.time_ns()
    failed = build.sphinx(stage, _log())
    site = stage / "_build" / "html"
    if failed:
        raise NotebookFailed(build.complaints(_log().read_text(encoding="utf-8"), _LINES))
    finish.entrance(site)
    pages = sum(path.stat().st_mtime_ns >= started for path in site.glob("book/*.html"))
    ran = f"ran {', '.join(name for name, _, _ in left)}, " if left else ""
    return f"{ran}wrote {pages} page{'' if pages == 1 else 's'}"


def _bring(new: Path, old: Path) -> None:
    """Make the files of one folder those of another, leaving alone what is the same already."""
    fresh = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    kept = ("_build", "runs", _log().name, "charts.json")
    for path in [path for path in old.rglob("*") if path.is_file()]:
        place = path.relative_to(old)
        if place not in fresh and place.parts[0] not in kept:
            path.unlink()
    for place in fresh:
        if not (old / place).is_file() or not filecmp.cmp(new / place, old / place, shallow=False):
            (old / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(new / place, old / place)


def _list_charts(stage: Path) -> None:
    """Write the charts of all chapters into one file, on which the pages that list them depend."""
    from bet.paths import write_text
    from bet.site import published

    told = json.dumps(published.records_in(stage / "book").charts, sort_keys=True)
    path = stage / "charts.json"
    if not path.exists() or path.read_text(encoding="utf-8") != told:
        write_text(path, told)
