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
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing import connection
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from bet.chapter.outputs import LANGUAGE
from bet.run import fork

# What an ordinary kernel needs to be as quiet as a fork: no notices on stderr, no history file.
QUIET = ["--log-level=50", "--HistoryManager.enabled=False"]
NO_PICTURES = "from bet.chapter import charts; charts.draw_pictures(False); del charts"


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
        if kernel or not fork.possible():
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
        with _ended_by_sigterm(), _forked(pictures) as (self.pipe, self.death):
            self.papermill_execute_cells()
            self.pipe.send(None)
            self.nb.metadata.papermill["reads"] = (self._receive(self.timeout) or [None, None])[1]
        self.nb.metadata["language_info"] = dict(LANGUAGE)
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
        ready = connection.wait([self.pipe, self.death], patience_s)
        if not ready:
            return None
        with contextlib.suppress(EOFError, ConnectionError):
            if self.pipe.poll():
                return json.loads(self.pipe.recv_bytes())
        raise DeadKernelError("Kernel died")


@contextlib.contextmanager
def _forked(pictures: bool) -> Iterator[tuple[connection.Connection, int]]:
    """Give a pipe to a new fork, and what is readable once it is dead; afterwards it and its children are gone.

    Not the process's own sentinel, nor the end of the pipe: a child of the fork holds both open.
    """
    fork.prepare()
    context = multiprocessing.get_context("fork")
    ours, its = context.Pipe()
    process = context.Process(target=fork.serve, args=(ours, its, os.getpid(), pictures))
    process.start()
    its.close()
    death = os.pidfd_open(process.pid or 0)
    try:
        yield ours, death
    finally:
        with contextlib.suppress(ProcessLookupError):  # it is not reaped yet: the number is its own
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.kill()  # if it had no session yet
        process.join()
        os.close(death)
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
