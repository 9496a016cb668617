"""A headless Firefox, driven through WebDriver BiDi: Playwright's own build of it is not the readers'."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

NAMES = ("firefox-esr", "firefox")
# Nothing of Firefox's own may be asked for, nor look like a fault of a page.
SETTINGS = {
    "app.normandy.enabled": False, "app.update.enabled": False, "browser.safebrowsing.enabled": False,
    "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,", "toolkit.telemetry.enabled": False,
}  # fmt: skip
# A broken policy is no entry of the log; here it becomes one.
_TELL = """() => document.addEventListener("securitypolicyviolation",
  event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""


def find() -> str | None:
    """Return the path of a Firefox, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One tab: ``asked`` are the addresses that it requested, ``told`` the errors and warnings of its log."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self.socket, self.count = socket, 0
        self.asked: list[str] = []
        self.told: list[str] = []
        self._send("session.new", capabilities={})
        self.context = self._send("browsingContext.getTree")["contexts"][0]["context"]
        self._send(
            "session.subscribe", events=["log.entryAdded", "network.beforeRequestSent", "network.responseCompleted"]
        )  # fmt: skip
        self._send("script.addPreloadScript", functionDeclaration=_TELL)

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; what happens meanwhile is noted."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.count:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]
            self._note(answer)

    def _note(self, event: dict[str, Any]) -> None:
        kind, told = event.get("method"), event.get("params", {})
        if kind == "log.entryAdded" and told["level"] in ("error", "warn"):
            self.told.append(told["text"])
        elif kind == "network.beforeRequestSent":
            self.asked.append(told["request"]["url"])
        elif kind == "network.responseCompleted" and told["response"]["status"] >= 400:
            self.told.append(f"{told['response']['status']} {told['response']['url']}")

    def size(self, width: int, height: int = 900) -> None:
        """Set the size of the window in CSS pixels."""
        self._send("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})  # fmt: skip

    def open(self, address: str) -> None:
        """Open a page and wait until all of it is there; ``asked`` and ``told`` begin anew."""
        self.asked, self.told = [], []
        self._send("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def value(self, expression: str) -> Any:
        """Return what an expression gives: a number, a text, a truth; a promise is waited for."""
        found = self._send(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=True
        )  # fmt: skip
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return found["result"].get("value")

    def picture(self, target: Path, whole: bool = False) -> None:
        """Write a picture of the window, or of the ``whole`` page."""
        origin = "document" if whole else "viewport"
        taken = self._send("browsingContext.captureScreenshot", context=self.context, origin=origin)
        target.write_bytes(base64.b64decode(taken["data"]))


@contextmanager
def launched() -> Iterator[Tab]:
    """Start a Firefox with a profile of its own and end it; raises FileNotFoundError without one."""
    path = find()
    if path is None:
        raise FileNotFoundError("no Firefox on this machine")
    with tempfile.TemporaryDirectory() as profile:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in SETTINGS.items()]  # fmt: skip
        (Path(profile) / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [path, "--headless", "--remote-debugging-port", "0", "--profile", profile, "--no-remote"]  # fmt: skip
        program = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)  # fmt: skip
        try:
            assert program.stderr is not None
            place = next((m[0] for line in program.stderr if (m := re.search(r"ws://\S+", line))), None)  # fmt: skip
            if place is None:
                raise RuntimeError("Firefox ended before it could be driven")
            socket = websocket.create_connection(f"{place}/session", timeout=120, suppress_origin=True)  # fmt: skip
            with contextlib.closing(socket):
                yield Tab(socket)
        finally:
            program.terminate()
            program.wait(30)
            program.stderr.close()
