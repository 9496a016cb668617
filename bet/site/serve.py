"""``make serve``: the built site on a port of this machine that nobody else listens at."""

from __future__ import annotations

import functools
import http.server
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bet.faults import BadInput, Fault
from bet.paths import here, shown

HOST = "127.0.0.1"  # never 'localhost': where another program has its port of ::1, that one would be opened
USUAL = 8000
Say = Callable[[str], None]


class Pages(http.server.SimpleHTTPRequestHandler):
    """The files of a folder, without a word on each."""

    def log_message(self, *args: Any) -> None:
        """Say nothing of what is served."""


def listening(
    port: int | None = None, folder: Path | None = None
) -> http.server.ThreadingHTTPServer:
    """Return a server that listens at a port: the one asked for, else the usual one, else any that is free.

    Raises BadInput where there is no site, or where the port asked for is taken.
    """
    folder = folder or here().build / "html"
    if not (folder / "index.html").is_file():
        raise BadInput([Fault(shown(folder), "no site", "one that make book has built")])
    pages = functools.partial(Pages, directory=str(folder))
    if port is not None:
        return at(port, pages)
    try:
        return at(USUAL, pages)
    except BadInput:
        return at(0, pages)


def at(port: int, pages: Callable[..., Pages]) -> http.server.ThreadingHTTPServer:
    """Return a server that listens at a port, 0 for any that is free; raise BadInput where it cannot."""
    try:
        return http.server.ThreadingHTTPServer((HOST, port), pages)
    except OverflowError:
        raise BadInput([Fault(f"port {port}", "no port", "1 to 65535")]) from None
    except OSError as error:
        found = str(error.strerror or error).lower()
        raise BadInput([Fault(f"port {port}", found, "a free port, or none named")]) from None


def serve(
    port: int | None = None, say: Say = print, browse: bool = False, folder: Path | None = None
) -> None:
    """Serve the site until Ctrl-C, and say where; open a browser only at what is served here."""
    with listening(port, folder) as server:
        if port is None and server.server_port != USUAL:
            say(f"port {USUAL} is taken by another program")
        address = f"http://{HOST}:{server.server_port}/"
        say(f"The book is at {address} until Ctrl-C")
        if browse:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")
