"""The data package: made from the sidecars, current, and accepted by the frictionless library."""

from __future__ import annotations

import json

import frictionless
import pytest

from bet.paths import write_text
from bet.records import check, datapackage, tables
from tests import worlds


@pytest.fixture
def world(tmp_path):
    with worlds.small(tmp_path) as data:
        yield data


def errors(path):
    """Validate a written package; return each error as (type, row, field)."""
    report = frictionless.Package(str(path)).validate()
    return [tuple(error) for error in report.flatten(["type", "rowNumber", "fieldName"])]


def test_the_committed_file_is_current():
    assert datapackage.place().read_text(encoding="utf-8") == datapackage.text(), (
        "data/datapackage.json is not what the sidecars say: run `bet datapackage`"
    )


def test_a_descriptor_that_is_not_the_sidecars_is_a_fault(world):
    where = "data/datapackage.json: found {}; expected what `bet datapackage` writes"
    assert worlds.faults_of(datapackage.check) == [where.format("no such file")]
    write_text(datapackage.place(), datapackage.text().replace("power", "powr"))
    told = [where.format("another text than the sidecars give")]
    assert worlds.faults_of(datapackage.check) == told
    assert told[0] in map(str, check.all_faults())
    datapackage.write()
    assert worlds.faults_of(datapackage.check) == []


def test_frictionless_accepts_the_committed_descriptor_and_data():
    assert errors(datapackage.place()) == []


def test_the_small_package_says_what_the_sidecar_says(world):
    (resource,) = datapackage.package()["resources"]
    assert (resource["name"], resource["path"]) == ("power", "tables/power.csv")
    assert resource["hash"] == f"sha256:{tables.digest('power')}"
    assert resource["licenses"] == [{"name": "other-pd", "title": "US public domain"}]
    assert resource["sources"] == [
        {"title": "Meter Office: Power metered in 2024", "path": "https://example.org/meter"}
    ]
    schema = resource["schema"]
    assert (schema["primaryKey"], schema["missingValues"]) == (["year"], [""])
    assert schema["fields"] == [
        {"name": "year", "type": "integer", "description": "calendar year", "unit": "year",
         "constraints": {"required": True, "minimum": 1949, "maximum": 2026}},
        {"name": "average_power_gw", "type": "number", "description": "average power", "unit": "GW",
         "constraints": {"required": True, "minimum": 0, "maximum": 1000}},
        {"name": "final", "type": "boolean", "description": "whether the figure is final",
         "constraints": {"required": True}},
        {"name": "published", "type": "date", "description": "day the row was public",
         "constraints": {"required": True, "minimum": "2020-01-01", "maximum": "2026-11-23"}},
        {"name": "note", "type": "string", "description": "remark",
         "constraints": {"required": False, "enum": ["revised", "rounded"]}},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("cell_turned_to_text.csv", ("type-error", 3, "average_power_gw")),
        ("column_dropped.csv", ("incorrect-label", None, "final")),
        ("key_duplicated.csv", ("primary-key", 4, None)),
        ("byte_changed.csv", ("hash-count", None, None)),
        ("cut_in_half.csv", ("missing-cell", 2, "note")),
        ("too_few_rows.csv", ("hash-count", None, None)),
        ("out_of_range.csv", ("constraint-error", 3, "average_power_gw")),
        ("value_not_listed.csv", ("constraint-error", 3, "note")),
        ("cell_empty.csv", ("constraint-error", 2, "average_power_gw")),
        ("date_not_iso.csv", ("type-error", 2, "published")),
    ],
)
def test_frictionless_finds_the_same_faults_as_we_do(world, case, error):
    write_text(datapackage.place(), datapackage.text())
    assert errors(datapackage.place()) == []
    worlds.put(f"tables/{case}", world / "tables" / "power.csv")
    assert error in errors(datapackage.place())


def test_a_changed_sidecar_makes_another_package(world):
    before = datapackage.text()
    path = world / "tables" / "power.yml"
    path.write_text(path.read_text().replace("max: 1000", "max: 2000"))
    worlds.forget()
    assert datapackage.text() != before


def test_the_text_is_the_same_twice_and_ends_with_a_line_feed(world):
    first = datapackage.text()
    worlds.forget()
    assert datapackage.text() == first
    assert first.endswith("}\n") and json.loads(first)["profile"] == "tabular-data-package"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("CC BY 4.0 (Epoch AI)", ["CC-BY-4.0"]),
        ("GCAT CC BY 4.0, Wikipedia CC BY-SA 4.0, MIT", ["CC-BY-SA-4.0", "CC-BY-4.0", "MIT"]),
        ("US public domain; CPI PDDL 1.0", ["ODC-PDDL-1.0", "other-pd"]),
        ("copyright, figures only", ["notspecified"]),
    ],
)
def test_licences_get_the_names_of_the_standard(text, names):
    found = datapackage.licences(text)
    assert [licence["name"] for licence in found] == names
    assert {licence["title"] for licence in found} == {text}
