"""The fork in which a notebook runs: its shell, its streams, and what it begins with.

``engine`` is the other side of the pipe. This module knows nothing of papermill, which loads the engine
by its entry point and must not meet it half imported.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import io
import multiprocessing
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection
from types import SimpleNamespace
from typing import Any, TypeVar

from bet import paths

FEW = 4  # items up to which a process of their own costs more than it saves
_Made = TypeVar("_Made")
INLINE = "module://matplotlib_inline.backend_inline"


def possible() -> bool:
    """Tell whether notebooks can be run in forks here: Linux ends a fork with its parent."""
    return sys.platform == "linux"


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


def each(function: Callable[..., _Made], items: Sequence[tuple[Any, ...]]) -> list[_Made]:
    """Return what a function makes of each item (its arguments), in order; many are shared out to the cores."""
    if len(items) < FEW or not possible():
        return [function(*item) for item in items]
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), context, end_with_parent, (os.getpid(),)) as pool:
        return list(pool.map(function, *zip(*items, strict=True)))


# ---- in the fork


def serve(
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
