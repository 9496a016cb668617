"""Warm kernels: a Jupyter kernel provisioner that forks kernels from a parent with imports done.

Starting Python and importing pandas and matplotlib is most of a notebook's time. The first kernel
starts a parent that imports them once; it and every later kernel is a fork of it. Whoever starts
kernels through jupyter_client (papermill, nbval, jupyter-book) gains without knowing of it.

- A parent serves only requests made under the very environment, Python and package files that it
  was started under; anything else gets a parent of its own. It has read no data. Random generators
  are seeded anew in each kernel; only the seed of str hashes, if left to chance, is the parent's.
- Each user holds a connection; when the last one closes, however its process ended, the parent
  kills what is left of that user's kernels and ends. It cannot outlive a build.
- Where there is no fork, where anything goes wrong, or with BET_COLD_KERNELS=1, the ordinary
  provisioner serves.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import hashlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

import bet
from bet.run import reads

COLD = "BET_COLD_KERNELS"
PACKAGE = Path(bet.__file__).parent
LAUNCH = ["-m", "ipykernel_launcher"]
# What differs between two shells, tests or kernels and does not reach a module at its import.
_HARMLESS = ("_", "PWD", "OLDPWD", "SHLVL", "COLUMNS", "LINES", reads.RECORD)
_HARMLESS_PREFIXES = ("JPY_", "PYTEST_", "MAKE", "MFLAGS")
_LONGEST = 1 << 18  # bytes of one request; the environment is most of it
PATIENCE_S = 30  # a parent that nobody turns to in this time ends


def possible() -> bool:
    """Tell whether kernels can be forked here, and are wanted to be."""
    wanted = os.environ.get(COLD, "") in ("", "0")
    return wanted and sys.platform == "linux" and hasattr(os, "pidfd_open")


class WarmProvisioner(LocalProvisioner):
    """The ordinary local provisioner, but for how the process is made."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Fork a kernel from the warm parent, or start an ordinary one."""
        process = None
        if possible() and cmd[:3] == [sys.executable, *LAUNCH]:
            with contextlib.suppress(OSError, ValueError, TypeError):
                process = _fork(cmd, **self._scrub_kwargs(kwargs))
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.pid, self.cwd = process, process.pid, kwargs.get("cwd", Path.cwd())
        return self.connection_info


class Forked:
    """A forked kernel, with what jupyter_client uses of subprocess.Popen.

    Signals go through the parent, which knows whether the process is still its own.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.connection, self.pid, self.returncode = connection, pid, None

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        if self.returncode is None:
            self._receive(socket.MSG_DONTWAIT)
        return self.returncode

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        if self.returncode is None:
            self._receive(0)
        return self.returncode

    def _receive(self, flags: int) -> None:
        try:
            told = self.connection.recv(_LONGEST, flags)
        except BlockingIOError:
            return
        except OSError:
            told = b""
        self.returncode = json.loads(told)["exit"] if told else -signal.SIGKILL
        self.connection.close()

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and its own children."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self.connection.send(json.dumps({"signal": number}).encode())

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


# ---- the user's side


def _fork(
    cmd: list[str],
    env: Mapping[str, str] | None = None,
    cwd: Any = None,
    stdin: None = None,
    stdout: Any = None,
    stderr: Any = None,
    independent: bool = False,
) -> Forked | None:
    """Return a kernel forked from the parent for this environment; None if there is none to be had.

    An argument that a fork cannot honour is a TypeError, and the ordinary provisioner serves.
    """
    if independent or stdin is not None:
        return None
    env = dict(os.environ if env is None else env)
    told = json.dumps({"argv": cmd[3:], "env": env, "cwd": str(cwd or Path.cwd())}).encode()
    streams = [_descriptor(stdout, 1), _descriptor(stderr, 2)]
    for _ in range(2):  # a parent may be ending at this moment; the next one is ours
        connection = _connect(env)
        with contextlib.suppress(ConnectionError):
            socket.send_fds(connection, [told], streams)
            answer = connection.recv(_LONGEST)
            if answer:
                return Forked(connection, json.loads(answer)["pid"])
        connection.close()
    return None


def _descriptor(stream: Any, usual: int) -> int:
    number = usual if stream is None else stream if isinstance(stream, int) else stream.fileno()
    if number < 0:  # PIPE and DEVNULL
        raise ValueError("only open files can be given to a forked kernel")
    return number


_lease: tuple[str, socket.socket] | None = None


def _connect(env: Mapping[str, str]) -> socket.socket:
    """Return a new connection to the parent for an environment; start the parent if there is none.

    The first connection of a process is held to its end, so that the parent stays for later kernels.
    """
    global _lease
    key = _key(env)
    folder = Path(tempfile.gettempdir()) / f"bet-warm-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        raise OSError("the folder of the sockets is not ours alone")
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / f"{key}.sock"
        try:
            connection = _dial(path)
            started = False
        except OSError:
            _start(path, env)
            connection, started = _dial(path), True
        if started or _lease is None or _lease[0] != key:
            held, _lease = _lease, (key, _dial(path))
            if held:
                held[1].close()
    return connection


def _key(env: Mapping[str, str]) -> str:
    """Return the name of the parent that may serve: environment, Python, and the package's files."""
    bound = sorted(
        item for item in env.items()
        if item[0] not in _HARMLESS and not item[0].startswith(_HARMLESS_PREFIXES)
    )  # fmt: skip
    files = [
        (path.name, path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.mplstyle")])
    ]
    told = json.dumps([sys.executable, str(PACKAGE), bound, files])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _dial(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def _start(path: Path, env: Mapping[str, str]) -> None:
    """Start a parent that listens at ``path``; requests wait there until it is warm."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(path))
        listener.listen(64)
        subprocess.Popen(
            [sys.executable, "-m", "bet.run.warm", str(listener.fileno()), str(path)],
            pass_fds=[listener.fileno()], env=dict(env), start_new_session=True, cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


# ---- the parent's side


def warm() -> dict[str, str]:
    """Import what the chapters import, and draw once; read no data and start no thread of our own.

    Returns the environment variables that the imports have set.
    """
    import io

    # Read at import: what a kernel sets before its first cell, and whose end is a kernel's end.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    before = set(os.environ)
    import ipykernel.kernelapp  # noqa: F401
    import scipy.stats  # noqa: F401
    from matplotlib.figure import Figure

    import bet.chapter.chapter  # noqa: F401

    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 10], label="warm")
    axes.set_title("warm")
    for kind in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=kind)
    gc.collect()
    gc.freeze()  # a collection in a kernel then copies none of these pages
    return {name: value for name, value in os.environ.items() if name not in before}


class Parent:
    """The process that forks; one thread, one loop."""

    def __init__(self, listener: socket.socket, path: Path) -> None:
        self.listener, self.path = listener, path
        self.ready = selectors.DefaultSelector()
        self.users: set[socket.socket] = set()
        self.kernels: dict[socket.socket, tuple[int, int]] = {}  # user -> pid, pidfd
        self.ready.register(listener, selectors.EVENT_READ, self._accept)

    def serve(self) -> dict | None:
        """Serve until the last user has gone; in a forked kernel return what it was asked for."""
        served = False
        while self.users or not served:
            events = self.ready.select(None if served else PATIENCE_S)
            served = served or not events
            for key, _ in events:
                asked = key.data(key.fileobj)
                if asked:
                    return asked
            served = served or bool(self.users)
        self.path.unlink(missing_ok=True)
        return None

    def _accept(self, listener: socket.socket) -> None:
        user, _ = listener.accept()
        self.users.add(user)
        self.ready.register(user, selectors.EVENT_READ, self._hear)

    def _hear(self, user: socket.socket) -> dict | None:
        """Do what a user asks; return the request in the forked kernel only."""
        try:
            told, streams, _, _ = socket.recv_fds(user, _LONGEST, 2)
        except OSError:
            told, streams = b"", []
        if not told:
            self._leave(user)
            return None
        asked = json.loads(told)
        if "signal" in asked:
            self._signal(user, asked["signal"])
            return None
        pid = os.fork()
        if pid == 0:
            return asked | {"streams": streams}
        for stream in streams:
            os.close(stream)
        watched = os.pidfd_open(pid)
        self.kernels[user] = (pid, watched)
        self.ready.register(watched, selectors.EVENT_READ, lambda _: self._reap(user))
        self._tell(user, {"pid": pid})
        return None

    def _tell(self, user: socket.socket, what: dict) -> None:
        with contextlib.suppress(OSError):
            user.send(json.dumps(what).encode())

    def _signal(self, user: socket.socket, number: int) -> None:
        """Signal a kernel that is not reaped yet, so that its number is still its own."""
        if user in self.kernels:
            pid = self.kernels[user][0]
            try:
                os.killpg(pid, number)
            except ProcessLookupError:  # not yet the leader of its group
                os.kill(pid, number)

    def _reap(self, user: socket.socket) -> None:
        pid, watched = self.kernels.pop(user)
        self.ready.unregister(watched)
        os.close(watched)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self._tell(user, {"exit": code})

    def _leave(self, user: socket.socket) -> None:
        """Let a user go; the kernel of a user that went without a word is ended."""
        self._signal(user, signal.SIGKILL)
        if user in self.kernels:
            self._reap(user)
        self.ready.unregister(user)
        self.users.discard(user)
        user.close()

    def close(self) -> None:
        """Close in a forked kernel what is the parent's."""
        for _, watched in self.kernels.values():
            os.close(watched)
        for user in self.users:
            user.close()
        self.listener.close()
        self.ready.close()


def become(asked: dict, imported: Mapping[str, str]) -> None:
    """Turn a fresh fork into the kernel that was asked for, as a new process would have begun it."""
    import numpy as np

    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream, number in zip(asked["streams"], (1, 2), strict=True):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(imported | asked["env"], JPY_PARENT_PID=str(os.getppid()))
    os.chdir(asked["cwd"])
    np.random.seed()  # `random` does so by itself
    import ipykernel_launcher
    from ipykernel import kernelapp

    sys.argv = [ipykernel_launcher.__file__, *asked["argv"]]
    kernelapp.launch_new_instance()


def main() -> None:
    """Be the parent; in each fork, be a kernel."""
    if Path(sys.path[0] or ".").resolve() == Path.cwd():  # put there by -m
        del sys.path[0]
    listener = socket.socket(fileno=int(sys.argv[1]))
    parent = Parent(listener, Path(sys.argv[2]))
    reads.begin()
    imported = warm()
    asked = parent.serve()
    if asked:
        parent.close()
        become(asked, imported)


if __name__ == "__main__":
    main()
