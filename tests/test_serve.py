"""The built site served on this machine: at a free port, which is said, and never somebody else's page."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from bet.cli import main
from bet.faults import BadInput
from bet.site import serve
from tests.places import ROOT


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "_build" / "html"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("ours")
    (tmp_path / "data").mkdir()
    (tmp_path / "_config.yml").touch()
    return tmp_path


@pytest.fixture
def stranger(monkeypatch):
    """Another program at the usual port; both are ports that were free a moment ago."""
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        monkeypatch.setattr(serve, "USUAL", taken.getsockname()[1])
        yield taken.getsockname()[1]


def test_where_the_usual_port_is_taken_ours_is_opened_at_another(site, stranger, monkeypatch):
    opened, told, read = [], [], []
    server = serve.listening(folder=site / "_build" / "html")
    monkeypatch.setattr(serve, "listening", lambda port, folder: server)
    monkeypatch.setattr(serve.webbrowser, "open", opened.append)
    monkeypatch.setattr(server, "serve_forever", lambda: read.append(server.server_port))
    serve.serve(None, told.append, browse=True)
    assert read != [stranger]
    assert told == [
        f"port {stranger} is taken by another program",
        f"The book is at http://127.0.0.1:{read[0]}/ until Ctrl-C",
    ]
    assert opened == [f"http://127.0.0.1:{read[0]}/"]


def test_the_usual_port_is_taken_where_it_is_free(site, monkeypatch):
    with socket.socket() as free:
        free.bind((serve.HOST, 0))
        monkeypatch.setattr(serve, "USUAL", free.getsockname()[1])
    with serve.listening(folder=site / "_build" / "html") as server:
        assert server.server_port == serve.USUAL
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{serve.USUAL}/index.html") as page:
            assert page.read() == b"ours"
        server.shutdown()


def test_a_port_that_was_asked_for_and_is_taken_is_told(site, stranger, monkeypatch):
    monkeypatch.chdir(site)
    for port, told in [(stranger, "found address already in use"), (99999, "found no port")]:
        done = CliRunner().invoke(main, ["serve", "--port", str(port)])
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith(f"bet: port {port}: {told}; expected ")


def test_without_a_site_it_is_said(site):
    (site / "_build" / "html" / "index.html").unlink()
    with pytest.raises(BadInput, match="found no site; expected one that make book has built"):
        serve.listening(folder=site / "_build" / "html")


def test_the_command_says_its_address_and_ends_at_ctrl_c(site):
    command = [sys.executable, "-u", "-m", "bet", "serve"]
    server = subprocess.Popen(command, cwd=site, env=os.environ | {"PYTHONPATH": str(ROOT)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
    try:
        assert server.stdout
        address = None
        while address is None:
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        with urllib.request.urlopen(address[0]) as page:
            assert page.read() == b"ours"
    finally:
        server.send_signal(signal.SIGINT)
    assert server.communicate(timeout=30)[0] == "stopped\n" and server.returncode == 0


def test_make_serve_is_that_command():
    rule = re.search(r"^serve:.*\n\t(.*)$", (Path(ROOT) / "Makefile").read_text(), re.MULTILINE)
    assert rule and rule[1] == "$(BIN)/bet serve --open"
