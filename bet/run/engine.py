"""A papermill engine that runs each notebook in a fork of this process, which has made the imports.

A start costs a hundredth of an ordinary kernel's. The fork holds ipykernel's own shell, whose messages go
through a pipe to nbclient, so that outputs are those of an ordinary kernel; parameters are injected by
papermill as ever. The engine is the entry point ``bet`` of ``papermill.engine``:
``papermill --engine bet in.ipynb out.ipynb`` works too.

A run has a process and a session of its own. It is killed when its run ends, however that ends, and by
the system when its parent dies. It begins with no record or table in memory. With ``kernel=True``, or
where there is no fork, papermill's usual engine runs the notebook in an ordinary kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import io
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from multiprocessing import connection
from types import SimpleNamespace
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from bet import paths

INLINE = "module://matplotlib_inline.backend_inline"
# What an ordinary kernel needs to be as quiet as a fork: no notices on stderr, no history file.
QUIET = ["--log-level=50", "--HistoryManager.enabled=False"]
NO_PICTURES = "from bet.chapter import charts; charts.draw_pictures(False); del charts"


def possible() -> bool:
    """Tell whether notebooks can be run in forks here: Linux ends a fork with its parent."""
    return sys.platform == "linux"


class ForkEngine(NBClientEngine):
    """The engine; see the module."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        kernel: bool = False,
        pictures: bool = True,
        execution_timeout: float | None = None,
        **settings: Any,
    ) -> None:
        """Run the notebook that papermill manages; write its outputs into it, cell by cell.

        ``kernel`` asks for an ordinary kernel, ``pictures=False`` for charts without pictures,
        ``execution_timeout`` is of one cell in seconds. The names of the files that a fork read stand in
        the notebook's metadata afterwards, ``papermill.reads``; an ordinary kernel leaves none there.
        Raises CellTimeoutError or DeadKernelError; an exception of a cell is papermill's to raise.
        """
        if kernel or not possible():
            lines = [] if pictures else [f"--IPKernelApp.exec_lines={NO_PICTURES}"]
            return super().execute_managed_notebook(
                nb_man, kernel_name, execution_timeout=execution_timeout,
                extra_arguments=[*QUIET, *lines], shutdown_kernel="immediate", **settings,
            )  # fmt: skip
        ForkClient(nb_man, timeout=execution_timeout, record_timing=False).execute(pictures)


class ForkClient(PapermillNotebookClient):
    """nbclient's client, but for the kernel: a fork and a pipe."""

    def execute(self, pictures: bool = True) -> Any:
        """Run every cell; stop at the first that fails."""
        self.reset_execution_trackers()
        with _ended_by_sigterm(), _forked(pictures) as (self.pipe, self.process):
            self.papermill_execute_cells()
            self.pipe.send(None)
            self.nb.metadata.papermill["reads"] = (self._receive(self.timeout) or [None, None])[1]
        self.nb.metadata["language_info"] = {"name": "python"}
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, *_: Any, **__: Any) -> Any:
        """Run one cell; raise CellExecutionError, CellTimeoutError or DeadKernelError."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        limit = self._get_timeout(cell)
        ends = time.monotonic() + limit if limit else None
        self.clear_before_next_output = False
        with contextlib.suppress(BrokenPipeError):  # told below, as the end of the fork
            self.pipe.send(cell.source)
        kind = ""
        while kind != "execute_reply":
            received = self._receive(ends and max(0, ends - time.monotonic()))
            if received is None:
                raise CellTimeoutError.error_from_timeout_and_cell(
                    "Cell execution timed out", int(limit), cell
                )
            kind, content = received
            if kind != "execute_reply":
                message = {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}  # fmt: skip
                self.process_message(message, cell, cell_index)
        if content["status"] == "error" and "raises-exception" not in tags:
            raise CellExecutionError.from_cell_and_msg(cell, content)
        return cell

    def _receive(self, patience_s: float | None) -> Any:
        """Return the fork's next message, or None if it said nothing in time."""
        ready = connection.wait([self.pipe, self.process.sentinel], patience_s)
        if not ready:
            return None
        with contextlib.suppress(EOFError, ConnectionError):
            if self.pipe.poll():
                return json.loads(self.pipe.recv_bytes())
        raise DeadKernelError("Kernel died")


@contextlib.contextmanager
def _forked(pictures: bool) -> Iterator[tuple[connection.Connection, Any]]:
    """Give a pipe to a new fork, and its process; afterwards neither it nor its children are left."""
    prepare()
    fork = multiprocessing.get_context("fork")
    ours, its = fork.Pipe()
    process = fork.Process(target=_serve, args=(ours, its, os.getpid(), pictures))
    process.start()
    its.close()
    try:
        yield ours, process
    finally:
        with contextlib.suppress(ProcessLookupError):  # it is not reaped yet: the number is its own
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.kill()  # if it had no session yet
        process.join()
        ours.close()


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end this process as SIGINT does, through every ``finally``, while a fork runs."""
    try:
        usual = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    except ValueError:  # not the main thread, which alone hears signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, usual)


@functools.cache
def prepare() -> None:
    """Import what the chapters import, and draw once; read no data and start no thread."""
    import ipykernel.zmqshell  # noqa: F401
    import scipy.stats  # noqa: F401
    from matplotlib.figure import Figure

    import bet.chapter.chapter  # noqa: F401

    figure = Figure()
    figure.subplots().set_title("drawn once")
    for kind in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=kind)
    gc.collect()
    gc.freeze()  # a collection in a fork then copies none of these pages


def end_with_parent(parent: int) -> None:
    """Let the system (Linux) end this process when its parent, of that number, dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it died before
        os._exit(1)


# ---- in the fork


def _serve(
    parents: connection.Connection, pipe: connection.Connection, parent: int, pictures: bool
) -> None:
    """Run the cells that come through the pipe; at the end tell what was read."""
    import numpy as np

    from bet.chapter import charts

    end_with_parent(parent)
    os.setsid()  # Ctrl-C is the parent's to hear
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parents.close()
    np.random.seed()  # `random` does so by itself
    _warn_as_usual()
    _forget()
    charts.draw_pictures(pictures)
    shell = _shell(pipe)
    with contextlib.suppress(EOFError):
        while (source := pipe.recv()) is not None:
            _run_cell(shell, source)
        shell.display_pub.session.send(None, "reads", [str(path) for path in paths.noted()])


def _forget() -> None:
    """Drop what the parent has read, as a new process would have to read it, and note it."""
    paths.forget_noted()
    for name, module in list(sys.modules.items()):
        if name.startswith("bet."):
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


def _warn_as_usual() -> None:
    """Undo the filters of the parent, which may want no warnings; these are a new process's."""
    warnings.resetwarnings()
    for kind in (ResourceWarning, ImportWarning, PendingDeprecationWarning, DeprecationWarning):
        warnings.simplefilter("ignore", kind)
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")


def _shell(pipe: connection.Connection) -> Any:
    """Return ipykernel's shell, set up as ipykernel does, that speaks into the pipe."""
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.zmqshell import ZMQInteractiveShell
    from IPython.core.interactiveshell import InteractiveShell
    from jupyter_client.session import Session
    from traitlets.config import Config

    class Spoken(Session):
        """Sends into the pipe what a kernel sends over its sockets."""

        def send(self, stream: Any, said: Any, content: Any = None, *_: Any, **__: Any) -> None:  # type: ignore[override]
            kind, content = (said, content) if isinstance(said, str) else (said["msg_type"], said["content"])  # fmt: skip
            pipe.send_bytes(self.pack([kind, content]))

    InteractiveShell.clear_instance()
    session = Spoken()
    shell = ZMQInteractiveShell.instance(
        config=Config({"HistoryManager": {"enabled": False}}), user_ns={},
        kernel=SimpleNamespace(eventloop=None), compiler_class=XCachingCompiler,
    )  # fmt: skip
    parts: list[Any] = [shell.displayhook, shell.display_pub]
    for part in parts:
        part.session, part.pub_socket = session, None
    sys.stdout, sys.stderr = _Stream("stdout", 1, session), _Stream("stderr", 2, session)
    _draw_inline()
    return shell


def _draw_inline() -> None:
    """Make matplotlib, imported before the shell, as it is in a kernel that imports it afterwards."""
    import matplotlib as mpl

    backend = os.environ.get("MPLBACKEND") or INLINE
    os.environ["MPLBACKEND"] = mpl.rcParams["backend"] = backend
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.switch_backend(backend)
    if inline := sys.modules.get("matplotlib_inline.backend_inline"):
        inline._enable_matplotlib_integration()


def _run_cell(shell: Any, source: str) -> None:
    """Run a cell and send the messages that ipykernel sends."""
    session = shell.display_pub.session
    session.send(None, "execute_input", {"code": source, "execution_count": shell.execution_count})
    result = shell.run_cell(source, store_history=True)
    sys.stdout.flush()
    sys.stderr.flush()
    error = result.error_before_exec or result.error_in_exec
    reply = {"status": "ok"} if error is None else {
        "status": "error", "ename": type(error).__name__, "evalue": str(error),
        "traceback": shell._last_traceback or [],
    }  # fmt: skip
    session.send(None, "execute_reply", reply)


class _Stream(io.TextIOBase):
    """Standard output or error: what is written to it, and to the descriptor by others, is sent."""

    encoding = "utf-8"

    def __init__(self, name: str, descriptor: int, session: Any) -> None:
        self.name, self.session, self.sent = name, session, 0
        self.kept: list[str] = []
        self.file = tempfile.TemporaryFile(mode="a+b")  # noqa: SIM115 - open to the end of the process
        os.dup2(self.file.fileno(), descriptor)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.file.fileno()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self.kept.append(text)
        return len(text)

    def flush(self) -> None:
        others = os.pread(self.fileno(), 1 << 24, self.sent)
        self.sent += len(others)
        text = "".join(self.kept) + others.decode("utf-8", errors="replace")
        self.kept = []
        if text:
            self.session.send(None, "stream", {"name": self.name, "text": text})
