"""Running notebooks: refused before the start, written whole or not at all, told in one message."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bet import paths
from bet.chapter import outputs
from bet.faults import BadInput, NotebookFailed
from bet.run import execute
from tests import worlds

NAME = "3_infrastructure"
PARAMETERS = 'as_of = "2026-11-23"\nus_average_power_gw = 490.0\nsatellites = 12\nchip = "H100"'
CHECK = f'from bet.records.parameters import from_cell\nchecked = from_cell("{NAME}", globals())'


@pytest.fixture(autouse=True)
def world(tmp_path):
    """A book of its own, whose kernels read the small ledger."""
    folder = tmp_path / "book"
    folder.mkdir()
    with worlds.small(tmp_path):
        yield folder


def write(folder, *cells, name=NAME):
    """Write a notebook with a parameters cell and these cells; return its path."""
    head = new_code_cell(PARAMETERS, id="c01", metadata={"tags": ["parameters"]})
    code = [new_code_cell(source, id=f"c{n:02}") for n, source in enumerate(cells, 2)]
    path = folder / f"{name}.ipynb"
    nbformat.write(outputs.clean(new_notebook(cells=[head, *code])), path)
    return path


@pytest.fixture
def output(tmp_path):
    """An earlier run that must survive whatever fails."""
    path = tmp_path / "run.ipynb"
    path.write_text("an earlier run")
    return path


def left_alone(output):
    return output.read_text() == "an earlier run" and [p.name for p in output.parent.iterdir() if "run" in p.name] == ["run.ipynb"]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"us_avrage_power": 490}, "did you mean 'us_average_power_gw'?"),
        ({"us_average_power_gw": -3}, "expected 100 to 600 GW"),
        ({"satellites": True}, "expected a whole number (count)"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_runs(
    world, output, monkeypatch, values, told
):
    write(world, "1 / 0")
    monkeypatch.setattr(execute, "execute", lambda *_: pytest.fail("it was started"))
    with pytest.raises(BadInput) as error:
        execute.run(NAME, values, output)
    assert told in str(error.value)
    assert left_alone(output)


def test_a_run_under_other_values_is_written_whole_and_clean(world, output):
    write(world, CHECK, "checked['satellites'], checked['us_average_power_gw']")
    execute.run(NAME, {"satellites": 7, "us_average_power_gw": 490.0}, output)
    text = output.read_text()
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    injected = book.cells[1]
    assert injected.id == "injected-parameters"
    assert injected.source.splitlines()[1:] == ["satellites = 7", "us_average_power_gw = 490.0"]
    assert book.cells[-1].outputs[0].data["text/plain"] == "(7, 490.0)"
    assert book.metadata["bet"] == {"parameters": {"satellites": 7, "us_average_power_gw": 490.0}}
    assert "papermill" not in text and str(world.parent) not in text and text.endswith("}\n")
    assert "start_time" not in text and "iopub" not in text
    assert [path.name for path in output.parent.glob(".run*")] == []


def test_a_run_at_the_defaults_injects_nothing_and_repeats_to_the_byte(world, output):
    path = write(world, "satellites + 1")
    execute.run(NAME, {}, output)
    first = output.read_text()
    assert "injected" not in first and '"bet"' not in first
    execute.run(NAME, {}, path)
    assert path.read_text() == first


def test_a_failing_cell_is_named_and_the_earlier_run_stays(world, output):
    write(world, "satellites / 0")
    with pytest.raises(NotebookFailed) as error:
        execute.run(NAME, {}, output)
    assert (
        str(error.value)
        == f"book/{NAME}.ipynb, cell 2 (satellites / 0): ZeroDivisionError: division by zero"
    )
    assert left_alone(output)


def test_a_name_that_plain_papermill_injects_stops_the_notebook(world):
    path = write(world, CHECK)
    with pytest.raises(NotebookFailed) as error:
        execute.execute(path, {"us_avrage_power": 490})
    told = str(error.value)
    assert told.startswith(
        f"book/{NAME}.ipynb, cell 2 (from bet.records.parameters im…): {NAME} parameter 'us_avrage_power': found an"
    )
    assert told.endswith("did you mean 'us_average_power_gw'?")
    assert "Traceback" not in told


def test_a_dead_kernel_is_told_clearly(world, output):
    write(world, "import os\nos._exit(1)")
    with pytest.raises(NotebookFailed, match=f"{NAME}.ipynb: DeadKernelError: Kernel died"):
        execute.run(NAME, {}, output)
    assert left_alone(output)


def test_a_cell_that_never_ends_is_stopped(world, output, monkeypatch):
    monkeypatch.setattr(execute, "CELL_TIMEOUT_S", 1)
    write(world, "import time\ntime.sleep(60)")
    with pytest.raises(NotebookFailed, match=rf"{NAME}.ipynb.*(?i:time)"):
        execute.run(NAME, {}, output)
    assert left_alone(output)


def test_text_is_written_whole_or_not_at_all(output):
    with pytest.raises(UnicodeEncodeError):
        paths.write_text(output, "half of it \ud800")
    assert left_alone(output)
    with output.open() as reader:  # opened before, it still reads the whole of the earlier run
        paths.write_text(output, "all of it")
        assert reader.read() == "an earlier run"
    assert output.read_text() == "all of it"
    assert output.stat().st_mode & 0o777 == 0o644


def test_a_folder_is_made_for_the_output(tmp_path):
    paths.write_text(tmp_path / "a" / "b.txt", "x")
    assert (tmp_path / "a" / "b.txt").read_text() == "x"


def test_cleaning_takes_away_what_differs_from_run_to_run():
    cell = new_code_cell("x = 1", id="c01")
    cell.metadata = {"papermill": {"duration": 1.2}, "execution": {"iopub": "t"}, "tags": []}
    kept = new_markdown_cell("# Title", id="c02", metadata={"tags": ["remove-input"]})
    book = new_notebook(cells=[cell, kept], metadata={"papermill": {"output_path": "/tmp/x"}})
    cleaned = outputs.clean(nbformat.from_dict(json.loads(nbformat.writes(book))))
    assert cleaned.cells[0].metadata == {}
    assert cleaned.cells[1].metadata == {"tags": ["remove-input"]}
    assert set(cleaned.metadata) == {"kernelspec", "language_info"}
    assert cleaned.metadata.language_info == outputs.LANGUAGE
    assert outputs.clean(cleaned) == cleaned


def test_the_index_comes_first_and_the_rest_in_order(world):
    for name in ("1_people", "index", "0_stake"):
        write(world, name=name)
    assert execute.names() == ["index", "0_stake", "1_people"]


def test_a_notebook_is_found_by_name_or_path(world):
    path = write(world)
    assert execute.path_of(NAME) == execute.path_of(f"book/{NAME}.ipynb") == path
    with pytest.raises(BadInput) as error:
        execute.path_of("3_infrastucture")
    assert str(error.value) == (
        "notebook '3_infrastucture': found no such notebook; "
        f"expected one of {NAME}, did you mean '{NAME}'?"
    )


def charted(*rows):
    record = {"name": "us-power", "rows": list(rows)}
    data = {outputs.CHART_MIME: record, "image/svg+xml": "<svg/>"}
    cell = new_code_cell("x", id="c01", outputs=[new_output("display_data", data=data)])
    return new_notebook(cells=[cell, new_markdown_cell("text", id="c02")])


def test_outputs_are_found_by_their_kind():
    book = charted([1])
    assert outputs.outputs(book, "image/svg+xml") == ["<svg/>"]
    assert outputs.outputs(book, "text/html") == []


def test_the_hash_of_a_chart_holds_picture_and_data():
    first, again, turned = charted([1], [2]), charted([1], [2]), charted([2], [1])
    assert outputs.chart_hashes(first) == outputs.chart_hashes(again)
    assert outputs.chart_hashes(first) != outputs.chart_hashes(turned)
    again.cells[0].outputs[0].data["image/svg+xml"] = "<svg> </svg>"
    assert outputs.chart_hashes(first) != outputs.chart_hashes(again)
