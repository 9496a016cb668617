"""The engine of forks: outputs of an ordinary kernel, runs apart from each other, gone with their users."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.engines import papermill_engines

from bet.chapter import outputs
from bet.faults import NotebookFailed
from bet.run import execute, fork

pytestmark = pytest.mark.skipif(not fork.possible(), reason="notebooks cannot be forked here")

# One cell for each way that a cell can speak.
SAID = [
    "import sys\nprint('out'); print('err', file=sys.stderr); print('more')\n3 * 7",
    "import pandas as pd\npd.DataFrame({'a': [1.5, None], 'b': ['x', 'y']}, index=[3, 4])",
    "from IPython.display import HTML, Image, Markdown, clear_output, display, update_display\n"
    "display(HTML('<b>1</b>'), {'text/plain': 'raw', 'application/vnd.x+json': {'n': (1, 2.5)}}, raw=False)\n"
    "display({'text/plain': 'raw', 'application/vnd.x+json': {'n': [1, None]}}, raw=True, metadata={'k': 1})",
    "handle = display('first', display_id='it')\nprint('gone')\nclear_output()\ndisplay(Markdown('*kept*'))",
    "shown = display('before', display_id='late')",
    "update_display('after', display_id='late')\n_",
    "from bet import Chapter\nimport matplotlib.pyplot as plt, numpy as np\nfig, ax = plt.subplots()\n"
    "ax.plot(np.random.default_rng(1).normal(size=9), label='a')\nax.legend();",
    "class Rich:\n    def _repr_html_(self): return '<i>x</i>'\n    def _repr_svg_(self): return '<svg/>'\n"
    "    def __repr__(self): return 'Rich'\n[Rich()], Rich()",
    "Rich()",
    "",
    "None",
    "x = 5;  x;",
    "def deep(n):\n    return 1 / n if n == 0 else deep(n - 1)\ndeep(2)",
    "this is no Python",
    "raise SystemExit(3)",
    "import warnings; warnings.warn('mind'); x",
    "%who_ls int",
    "Out[1], In[1][:6], __name__, get_ipython().execution_count",
    "import os, time; os.system('echo from a child'); time.sleep(0.3)",
    "print('a\\rb\\x08c', end='')",
    "import matplotlib as mpl, json\nprint(json.dumps([{k: str(v) for k, v in mpl.rcParams.items()}, plt.get_fignums(),"
    " plt.isinteractive(), plt.get_backend(), os.environ['MPLBACKEND'], os.getcwd(), pd.get_option('display.width'),"
    " os.getsid(0) == os.getpid(), [f.__name__ for f in get_ipython().events.callbacks['post_execute']]]))",
]


def book(path: Path, *cells: str) -> Path:
    written = [new_code_cell(cell, id=f"c{n:02}") for n, cell in enumerate(cells)]
    nbformat.write(outputs.clean(new_notebook(cells=written)), path)
    return path


@pytest.fixture
def run(tmp_path):
    """Run cells in a fork, or an ordinary kernel; give what each cell put out."""

    def outputs_of(*cells: str, kernel: bool = False, **settings: bool) -> list:
        path = book(tmp_path / "n.ipynb", *cells)
        return [cell.outputs for cell in execute.execute(path, {}, kernel, **settings).cells]

    return outputs_of


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


APART = """import json, sys
import papermill
from bet.run.engine import ForkEngine
from nbformat.v4 import new_code_cell, new_notebook
cells = [new_code_cell(cell, metadata={"tags": ["raises-exception"]}) for cell in json.load(sys.stdin)]
notebook = new_notebook(cells=cells, metadata={"papermill": {}})
ran = ForkEngine.execute_notebook(notebook, "python3", progress_bar=False, kernel=sys.argv[1] == "kernel")
print(json.dumps([(cell.execution_count, cell.outputs) for cell in ran.cells]))"""


def said(folder: Path, cells: list[str], how: str) -> list:
    """Run cells to the last, each free to fail, away from what pytest does to warnings and streams."""
    free = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    free["PYTHONPATH"] = str(Path(__file__).parent.parent)
    told = subprocess.run([sys.executable, "-c", APART, how], input=json.dumps(cells), text=True, cwd=folder,
                          env=free, capture_output=True, check=True).stdout.splitlines()[-1]  # fmt: skip
    return json.loads(re.sub(r"(?<=/ipykernel_)\d+|0x[0-9a-f]{8,}", "N", told))


def test_a_fork_puts_out_what_an_ordinary_kernel_does(tmp_path):
    forked, ordinary = (said(tmp_path, SAID, how) for how in ("fork", "kernel"))
    for source, one, other in zip(SAID, forked, ordinary, strict=True):
        assert one == other, source
    assert "image/png" in forked[6][1][0]["data"]
    assert forked[12][1][0]["ename"] == "ZeroDivisionError"


def test_papermill_knows_the_engine_by_its_entry_point():
    import tomllib

    settings = tomllib.loads(Path(__file__).parent.parent.joinpath("pyproject.toml").read_text())
    module, name = settings["project"]["entry-points"]["papermill.engine"]["bet"].split(":")
    assert getattr(sys.modules[module], name) is papermill_engines.get_engine("bet")


CHANCE = "import os, random, numpy as np; print(os.getppid(), random.random(), np.random.random())"


def test_runs_are_forks_each_with_its_own_chance_and_names(run):
    first, second = (run(CHANCE, "mine = 1")[0][0]["text"].split() for _ in range(2))
    assert first[0] == second[0] == str(os.getpid())
    assert set(first[1:]).isdisjoint(second[1:])
    with pytest.raises(NotebookFailed, match="NameError"):
        run("mine")


def test_no_data_is_in_memory_after_the_fork(run):
    from bet.records.sources import sources

    sources()
    kept = """import functools, sys, bet.chapter.chapter
kept = [v for m, mod in sys.modules.items() if m.startswith("bet.") for v in vars(mod).values()
        if isinstance(v, functools._lru_cache_wrapper) and v.cache_info().currsize]
from bet.paths import noted
print(len(kept), bet.records.sources.sources._kept.cache_info().currsize, noted())"""
    assert run(kept)[0][0]["text"] == "0 0 []\n"


def test_charts_are_drawn_unless_told_otherwise(run):
    asked = "from bet.chapter import charts; charts._pictures_drawn"
    assert [
        run(asked, kernel=kernel, pictures=pictures)[0][0]["data"]["text/plain"]
        for kernel in (False, True)
        for pictures in (True, False)
    ] == ["True", "False"] * 2


@pytest.mark.parametrize(
    "crash",
    ["os._exit(0)", "os._exit(1)", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 11)",
     "os.fork() or time.sleep(60); os._exit(0)", "os.close(3); [os.close(n) for n in range(3, 40)]"],
)  # fmt: skip
def test_a_crash_is_told_and_leaves_the_next_run_alone(run, crash):
    began = time.monotonic()
    with pytest.raises(NotebookFailed, match="DeadKernelError: Kernel died"):
        run(
            f"import contextlib, os, time\nwith contextlib.suppress(OSError):\n    {crash}\nos._exit(1)"
        )
    assert time.monotonic() - began < 30, "it waited for what the run had started"
    assert run("1 + 1")[0][0]["data"]["text/plain"] == "2"


def test_what_a_run_started_ends_with_it(run):
    started = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)"
    assert gone(int(run(started)[0][0]["text"]))


def test_a_cell_that_never_ends_is_stopped(run, monkeypatch, tmp_path):
    monkeypatch.setattr(execute, "CELL_TIMEOUT_S", 1)
    told = tmp_path / "pid"
    began = time.monotonic()
    with pytest.raises(NotebookFailed, match="CellTimeoutError"):
        run(f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    assert time.monotonic() - began < 30
    assert gone(int(told.read_text()))


def user(path: Path, ended: Path) -> None:
    """Run a notebook in a process that hears signals as a program does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        execute.execute(path, {})
    finally:
        ended.touch()


@pytest.mark.parametrize(
    ("number", "says"), [(signal.SIGKILL, False), (signal.SIGTERM, True), (signal.SIGINT, True)]
)  # fmt: skip
def test_a_run_ends_with_its_user(tmp_path, number, says):
    told, ended = tmp_path / "pid", tmp_path / "ended"
    path = book(tmp_path / "n.ipynb", "import os, signal, time",
                "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
                f"open({str(told)!r}, 'w').write(f'{{os.getpid()}} ')\ntime.sleep(60)")  # fmt: skip
    fork.prepare()
    started = multiprocessing.get_context("fork").Process(target=user, args=(path, ended))
    started.start()
    until = time.monotonic() + 60
    while not (told.exists() and told.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(started.pid, number)
    started.join(30)
    assert started.exitcode is not None and ended.exists() is says
    assert gone(int(told.read_text()))


@pytest.mark.parametrize("why", ["on request", "no fork"])
def test_an_ordinary_kernel_serves_on_request_and_where_there_is_no_fork(run, monkeypatch, why):
    monkeypatch.setattr(
        sys.modules["bet.run.engine"], "_forked", lambda *_: pytest.fail("it was forked")
    )
    if why == "no fork":
        monkeypatch.setattr(fork.sys, "platform", "darwin")
    said = run("import sys; sys.argv[0]", kernel=why == "on request")[0][0]["data"]["text/plain"]
    assert "ipykernel_launcher" in said
