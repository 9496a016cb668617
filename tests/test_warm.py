"""Warm kernels: the same outputs as ordinary ones, apart from each other, gone with their users."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbformat.v4 import new_code_cell, new_notebook

from bet.faults import NotebookFailed
from bet.run import execute, warm

pytestmark = pytest.mark.skipif(not warm.possible(), reason="kernels cannot be forked here")

DRAWN = """import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from bet import Chapter
from bet.chapter import charts
fig, ax = plt.subplots()
ax.plot(np.random.default_rng(1).normal(size=9), label="a")
plt.show()"""
FRAME = "print('told'); pd.DataFrame({'a': [1.5, None], 'b': ['x', 'y']}, index=[3, 4])"
STATE = """import json, os, signal, sys
import matplotlib as mpl
import numpy as np, random
hooks = [f.__name__ for f in get_ipython().events.callbacks["post_execute"]]
print(json.dumps([sys.path, sys.argv[0], os.getcwd(), sorted(os.environ), {k: str(v) for k, v in mpl.rcParams.items()},
    plt.get_fignums(), plt.isinteractive(), [str(signal.getsignal(s)) for s in (2, 15, 17)], __name__, hooks,
    os.getsid(0) == os.getpid(), os.getppid() == int(os.environ["JPY_PARENT_PID"]), pd.get_option("display.width")]))"""
CHANCE = "import os, random, numpy as np; print(os.getppid(), random.random(), np.random.random())"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run cells in a warm or an ordinary kernel; give what each cell put out."""

    def outputs(*cells: str, cold: bool = False) -> list:
        monkeypatch.setenv(warm.COLD, "1" if cold else "")
        book = new_notebook(cells=[new_code_cell(c, id=f"c{n}") for n, c in enumerate(cells)])
        path = tmp_path / "n.ipynb"
        nbformat.write(outputs.clean(book), path)
        return [cell.outputs for cell in execute.execute(path, {}).cells]

    return outputs


def told(outputs: list) -> list:
    return json.loads(outputs[0]["text"])


def gone(pid: int, within_s: float = 20) -> bool:
    """Tell whether a process ends in time; a zombie has ended."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_warm_kernel_puts_out_what_an_ordinary_one_does(run):
    warmed, ordinary = run(DRAWN, FRAME, STATE), run(DRAWN, FRAME, STATE, cold=True)
    assert told(warmed[2]) == told(ordinary[2])
    assert "image/png" in warmed[0][0]["data"]
    assert warmed == ordinary


def test_kernels_are_forks_of_one_parent_each_with_its_own_chance_and_names(run):
    first, second = (run(CHANCE, "x = 1")[0][0]["text"].split() for _ in range(2))
    assert first[0] == second[0] != str(os.getpid())
    assert set(first[1:]).isdisjoint(second[1:])
    with pytest.raises(NotebookFailed, match="NameError"):
        run("x")


def test_no_data_is_read_before_the_fork(run):
    read = """import functools, sys, bet.chapter.chapter
kept = [v for m, mod in sys.modules.items() if m.startswith("bet") for v in vars(mod).values()
        if isinstance(v, functools._lru_cache_wrapper) and v.cache_info().currsize]
print(len(kept))"""
    assert run(read)[0][0]["text"] == "0\n"


def test_a_crash_leaves_the_others_alone(run, tmp_path):
    execute.point_to_kernels()
    other = KernelManager(kernel_name="python3")
    other.start_kernel(cwd=str(tmp_path))
    client = other.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        with pytest.raises(NotebookFailed, match="DeadKernelError"):
            run("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
        reply = client.execute_interactive("1 + 1", timeout=30, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok"
        assert other.is_alive()
        other.interrupt_kernel()
    finally:
        client.stop_channels()
        other.shutdown_kernel(now=True)
    assert not other.is_alive()
    assert run("1 + 1")[0][0]["data"]["text/plain"] == "2"


USER = """import sys, time
from jupyter_client.manager import KernelManager
from bet.run import execute
execute.point_to_kernels()
kernel = KernelManager(kernel_name="python3")
kernel.start_kernel()
client = kernel.blocking_client()
client.start_channels()
client.wait_for_ready(timeout=60)
print(kernel.provisioner.pid, flush=True)
client.execute_interactive("import os; print(os.getppid(), flush=True)", timeout=30)
print(flush=True)
time.sleep(60)"""


def test_parent_and_kernels_end_when_their_user_is_killed(monkeypatch):
    monkeypatch.setenv(warm.COLD, "")
    monkeypatch.setenv("BET_TEST_OWN_PARENT", "1")  # another environment, hence another parent
    user = subprocess.Popen([sys.executable, "-c", USER], stdout=subprocess.PIPE, text=True)
    kernel, parent = (int(user.stdout.readline()) for _ in range(2))
    assert {kernel, parent}.isdisjoint({user.pid})
    user.send_signal(signal.SIGKILL)
    user.wait()
    user.stdout.close()
    assert gone(kernel)
    assert gone(parent)


def test_a_parent_that_died_is_replaced(run):
    parent = int(run(CHANCE)[0][0]["text"].split()[0])
    os.kill(parent, signal.SIGKILL)
    assert gone(parent)
    assert int(run(CHANCE)[0][0]["text"].split()[0]) != parent


def test_a_parent_that_cannot_start_is_done_without(run, monkeypatch, tmp_path):
    monkeypatch.setattr(warm, "_start", lambda path, env: path.touch())
    monkeypatch.setenv("BET_TEST_OWN_PARENT", "2")
    assert run("import os; os.getppid()")[0][0]["data"]["text/plain"] == str(os.getpid())


@pytest.mark.parametrize("missing", ["switched off", "no fork"])
def test_the_ordinary_provisioner_serves_where_kernels_are_not_forked(run, monkeypatch, missing):
    monkeypatch.setattr(warm, "_fork", lambda *_, **__: pytest.fail("it was forked"))
    if missing == "no fork":
        monkeypatch.setattr(warm.sys, "platform", "win32" if os.name == "nt" else "darwin")
    pid = run("import os; os.getppid()", cold=missing == "switched off")[0][0]["data"]["text/plain"]
    assert pid == str(os.getpid())


def test_another_package_file_or_variable_means_another_parent(tmp_path, monkeypatch):
    monkeypatch.setattr(warm, "PACKAGE", tmp_path)
    (tmp_path / "a.py").write_text("x = 1")
    usual = warm._key({"A": "1"})
    assert warm._key({"A": "1", "PWD": "/", "JPY_PARENT_PID": "7", "BET_READS": "f"}) == usual
    assert warm._key({"A": "2"}) != usual
    (tmp_path / "a.py").write_text("x = 22")
    assert warm._key({"A": "1"}) != usual
