"""Run notebooks by papermill, strictly: checked before the start, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from bet.chapter import cells
from bet.chapter.outputs import chart_hashes, clean, read, write
from bet.faults import BadInput, Fault, NotebookFailed, gathered, nearest, require
from bet.paths import here, shown, write_text
from bet.records import parameters

CELL_TIMEOUT_S = 120
LONGEST_NAME = 120  # letters; file systems take 255 bytes
KERNEL = "python3"  # of this environment, whatever a notebook says of the machine that saved it


def names() -> list[str]:
    """Return the notebooks of the book, in reading order ('index' first)."""
    found = sorted(path.stem for path in here().book.glob("*.ipynb"))
    return sorted(found, key=lambda name: (name != "index", name))


def path_of(name: str) -> Path:
    """Return the file of a notebook given as '3_infrastructure' or 'book/3_infrastructure.ipynb'."""
    stem = Path(name).name.removesuffix(".ipynb")
    path = here().book / f"{stem}.ipynb"
    meant = Path(name).parent in (Path(), Path("book")) or Path(name).resolve() == path.resolve()
    if not meant or not stem.isprintable() or not path.exists():
        expected = f"one of {', '.join(names())}{nearest(stem, names())}"
        raise BadInput([Fault(f"notebook '{name}'", "no such notebook", expected)])
    return path


def target(text: str) -> Path:
    """Return where a run may be written: a notebook, but none of the book's own."""
    path = Path(text)
    inside = (here().book.resolve(), here().data.resolve())
    if path.suffix != ".ipynb" or any(place in path.resolve().parents for place in inside):
        expected = "a .ipynb file outside book/ and data/ (--in-place refreshes the book's own)"
        raise BadInput([Fault("--output", repr(text), expected)])
    return path


def run(
    name: str,
    values: Mapping[str, Any],
    output: Path,
    kernel: bool = False,
    pictures: bool = True,
    beyond: bool = False,
) -> list[Path] | None:
    """Check values, run one notebook under them and write the result to ``output``; see ``run_asked``.

    Raises BadInput before anything runs, also for a parameters cell that departs from the registry.
    """
    return run_asked(name, asked(name, values, beyond), output, kernel, pictures)


def run_asked(
    name: str,
    values: Mapping[str, Any],
    output: Path,
    kernel: bool = False,
    pictures: bool = True,
) -> list[Path] | None:
    """Run one notebook under values as ``asked`` gave them, and write the result to ``output``.

    Every value that is asked for is injected, also a default; nothing else is, so that a run without
    any equals the committed notebook. Raises NotebookFailed when a cell fails; ``output`` is then left as
    it was. Numbers outside their ranges the run says in its outputs and its metadata. Returns the files of
    records and tables that were read, and the folders that were listed; None if that is not known
    (ordinary kernels).
    """
    source = path_of(name)
    outside = parameters.outside(source.stem, values)
    injected = {**values, parameters.BEYOND: True} if outside else values
    try:
        notebook, reads = _executed(source, injected, kernel, pictures)
    except NotebookFailed as error:
        raise NotebookFailed(f"{error}{_likely(values, outside)}") from None
    notebook = marked(notebook, values)
    if outside:
        notebook.metadata["bet"]["beyond"] = list(outside)
    write(notebook, output)
    return reads


def _likely(values: Mapping[str, Any], outside: Mapping[str, str]) -> str:
    """Return the likeliest cause of a failure: the values that are beyond their ranges, if any are."""
    told = ", ".join(f"{name} = {values[name]} ({allowed})" for name, allowed in outside.items())
    return f"; likely because of what is beyond its range: {told}" if told else ""


def file_name(name: str, values: Mapping[str, Any]) -> str:
    """Return the name of a run's file, by the values asked for: '4_thesis-exit_pe=40.0.ipynb'."""
    beyond = ["beyond"] if parameters.outside(name, values) else []
    told = [re.sub(r"[^\w.+=-]+", "_", f"{key}={value}") for key, value in values.items()]
    whole = "-".join([name, *beyond, *told])
    if len(whole) > LONGEST_NAME:
        digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
        whole = f"{whole[:LONGEST_NAME]}-{digest}"
    return f"{whole}.ipynb"


def asked(name: str, values: Mapping[str, Any], beyond: bool = False) -> dict[str, Any]:
    """Return the values asked for, each of its parameter's type, for a notebook that can be run under them.

    Raises BadInput if a value is wrong, or if the notebook's own parameters cell is.
    """
    stem = path_of(name).stem
    checked = parameters.check(stem, values, beyond)
    require(cell_faults(stem))
    return {key: checked[key] for key in values}


def cell_faults(name: str) -> list[Fault]:
    """Return what keeps a notebook from being run: another chapter's name, wrong parameters, no Python.

    Raises BadInput for what is no notebook.
    """
    path = path_of(name)
    notebook = read(path)
    faults = cells.faults(notebook, shown(path))
    faults += [
        Fault(f"{shown(path)}, {cell}", f"the chapter '{made}'", f"'{path.stem}'")
        for cell, made in cells.chapters(notebook)
        if made != path.stem
    ]
    with gathered(faults):
        faults += _parameters_faults(path, notebook)
    return faults


def _parameters_faults(path: Path, notebook: nbformat.NotebookNode) -> list[Fault]:
    """Return where a notebook's parameters cell departs from the registry.

    Raises BadInput for a notebook that the registry does not know.
    """
    tags = [set(cell.metadata.get("tags", [])) for cell in notebook.cells]
    of_tags = zip(notebook.cells, tags, strict=True)
    found = [cell.source for cell, own in of_tags if "parameters" in own]
    if len(found) != 1:
        return [Fault(shown(path), f"{len(found)} cells tagged 'parameters'", "one")]
    faults = parameters.departures(path.stem, found[0], f"{shown(path)}, parameters cell")
    if any("injected-parameters" in own for own in tags):
        faults.append(Fault(shown(path), "a cell 'injected-parameters'", "none: values go by -p"))
    return faults


def kernel_faults(name: str, notebook: nbformat.NotebookNode) -> list[Fault]:
    """Return whether a notebook names another machine's kernel.

    It runs under ours all the same, but whoever opens it in Jupyter is asked for that kernel.
    """
    kernel = notebook.metadata.get("kernelspec", {}).get("name", KERNEL)
    if kernel == KERNEL:
        return []
    return [Fault(shown(path_of(name)), f"kernel {kernel!r}", f"{KERNEL!r}: bet tidy")]


def marked(notebook: nbformat.NotebookNode, values: Mapping[str, Any]) -> nbformat.NotebookNode:
    """Return a run with the values that were asked for, if any were."""
    if values:
        notebook.metadata["bet"] = {"parameters": dict(values)}
    return notebook


def execute(
    source: Path, values: Mapping[str, Any], kernel: bool = False, pictures: bool = True
) -> nbformat.NotebookNode:
    """Execute a notebook with papermill and return it, cleaned of times and paths.

    It runs in a fork (``bet.run.engine``); with ``kernel``, or where forks are not to be had, in an
    ordinary Jupyter kernel. Without ``pictures`` its charts hold their data only.
    """
    return _executed(source, values, kernel, pictures)[0]


def _executed(
    source: Path, values: Mapping[str, Any], kernel: bool, pictures: bool
) -> tuple[nbformat.NotebookNode, list[Path] | None]:
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from bet.run.engine import ForkEngine

    read(source)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    papermill_engines.register("bet", ForkEngine)  # an older install may lack the entry point
    with tempfile.TemporaryDirectory() as folder, quiet():
        target = Path(folder) / source.name
        try:
            papermill.execute_notebook(
                str(source), str(target), parameters=dict(values), progress_bar=False,
                log_output=False, execution_timeout=CELL_TIMEOUT_S, cwd=str(source.parent),
                kernel_name=KERNEL, language="python",
                request_save_on_cell_execute=False,  # a save after each cell costs seconds
                engine_name="bet", kernel=kernel, pictures=pictures,
            )  # fmt: skip
        except PapermillExecutionError as error:
            raise NotebookFailed(_told(source, error)) from None
        except (DeadKernelError, TimeoutError, RuntimeError) as error:
            raise NotebookFailed(f"{shown(source)}: {type(error).__name__}: {error}") from None
        ran = nbformat.read(target, as_version=4)
    reads = ran.metadata.papermill.get("reads")
    return clean(ran), None if reads is None else [Path(path) for path in reads]


def _told(source: Path, error: Any) -> str:
    """Return where and why a run stopped; the cell is named as the notebook has it, without the injected one."""
    book = read(source).cells
    near = [place for place in (error.cell_index, error.cell_index - 1) if 0 <= place < len(book)]
    place = next((n for n in near if book[n].source == error.source), near[0])
    kind = "" if error.ename == "BadInput" else f"{error.ename}: "
    return f"{shown(source)}, {cells.name(place + 1, book[place])}: {kind}{error.evalue}"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence the notices of papermill and of the kernels' transport on stderr."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def chart_hashes_json() -> str:
    """Return the hashes of every committed chart: the list of pictures that were looked at."""
    books = {name: read(here().book / f"{name}.ipynb") for name in names()}
    return json.dumps({name: chart_hashes(book) for name, book in books.items()}, indent=1) + "\n"


def write_chart_hashes() -> None:
    """Write the list of committed charts beside the notebooks, after a run in place."""
    write_text(here().book / "charts.sha256.json", chart_hashes_json())
