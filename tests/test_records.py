"""Records, dates and faults: every fault of a file at once, with its line and what would be right."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bet.dates import PartialDate, first_day, iso, last_day, named
from bet.faults import BadInput, Fault, nearest, require
from bet.records import sources, yaml_files
from tests.worlds import FIXTURES, cases, faults_of

READ = {
    "key_twice.yml": ["key_twice.yml:3: found 'origin' a second time", "each key once"],
    "bracket_left_open.yml": ["bracket_left_open.yml:2:", "valid YAML"],
    "no_such_day.yml": ["no_such_day.yml:2: found '2025-02-30'", "a date (day is out of range"],
    "not_utf8.yml": ["not_utf8.yml:", "0xe9", "valid YAML"],
}


class Place(yaml_files.Record):
    id: str
    height: int
    opened: PartialDate


@pytest.mark.parametrize("case", cases("records"))
def test_a_file_that_is_no_yaml_is_told_with_its_line(case):
    (told,) = faults_of(lambda: yaml_files.read_yaml(FIXTURES / "records" / case))
    assert all(words in told for words in READ[case]), told


def test_a_missing_file_is_told():
    (told,) = faults_of(lambda: yaml_files.read_yaml(FIXTURES / "absent.yml"))
    assert told == "tests/fixtures/absent.yml: found no such file; expected a YAML file"


def write(folder, text, name="places.yml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_all_faults_of_a_file_come_at_once_each_with_its_line(tmp_path):
    path = write(
        tmp_path, "- id: a\n  height: tall\n- id: b\n  hieght: 3\n  opened: May\n- id: c\n  height: 1\n  opened: 2020\n"
    )  # fmt: skip
    told = faults_of(lambda: yaml_files.load_list(path, Place))
    assert [fault.split(":")[1].split(" ")[0] for fault in told] == ["2", "1", "3", "5", "4"]
    assert told[0].startswith("places.yml:2 [a] height: found 'tall'; expected a valid integer")
    assert told[1] == "places.yml:1 [a] opened: found nothing; expected the field 'opened'"
    assert told[4].endswith("expected one of id, height, opened, did you mean 'height'?")


def test_ids_are_unique_in_a_file_and_in_a_folder(tmp_path):
    good = "- {id: a, height: 1, opened: 2020}\n"
    twice = write(tmp_path, good + good, "twice.yml")
    assert faults_of(lambda: yaml_files.load_list(twice, Place)) == [
        "twice.yml:2: found id 'a' a second time; expected unique ids"
    ]
    twice.unlink()
    write(tmp_path, good, "one.yml")
    write(tmp_path, good, "two.yml")
    assert faults_of(lambda: yaml_files.load_folder(tmp_path, Place)) == [
        "two.yml: found id 'a' that another file has; expected unique ids"
    ]


def test_a_folder_tells_the_faults_of_all_its_files(tmp_path):
    write(tmp_path, "- {id: a, height: x, opened: 2020}\n", "one.yml")
    write(tmp_path, "height: 1\n", "two.yml")
    told = faults_of(lambda: yaml_files.load_folder(tmp_path, Place))
    assert [fault.split(":")[0] for fault in told] == ["one.yml", "two.yml"]
    assert told[1] == "two.yml: found dict; expected a list of records"


def test_records_cannot_be_changed():
    place = Place(id="a", height=1, opened=2020)
    with pytest.raises(ValidationError):
        place.height = 2


def test_the_line_of_an_unknown_place_is_that_of_the_nearest_known():
    lines = {(): 1, (0,): 2, (0, "figures"): 5}
    assert yaml_files.line_of(lines, (0, "figures", 3, "unit")) == 5
    assert yaml_files.line_of(lines, (7,)) == 1
    assert yaml_files.line_of({}, (7,)) == 1


def test_the_committed_files_name_their_place_in_the_repository():
    path = FIXTURES / "sources" / "tier_unknown.yml"
    (told,) = faults_of(lambda: yaml_files.load_list(path, sources.Source))
    assert told.startswith("tests/fixtures/sources/tier_unknown.yml:7 [meter-2025] tier")


def test_a_fault_says_where_what_and_what_would_be_right():
    assert str(Fault("a.yml:3", "'x'", "'y'")) == "a.yml:3: found 'x'; expected 'y'"


def test_bad_input_tells_every_fault_also_in_a_notebook():
    error = BadInput([Fault("a", "b", "c"), Fault("d", "e", "f")])
    assert str(error) == "a: found b; expected c\nd: found e; expected f"
    assert error._render_traceback_() == ["2 fault(s) in the input:", *str(error).split("\n")]


def test_require_raises_only_when_something_is_wrong():
    require([])
    with pytest.raises(BadInput, match="found b"):
        require([Fault("a", "b", "c")])


def test_the_nearest_name_is_suggested_when_one_is_near():
    assert nearest("us_avrage_power", ["us_average_power_gw", "satellites"]) == (
        ", did you mean 'us_average_power_gw'?"
    )
    assert nearest("zebra", ["us_average_power_gw"]) == ""
    assert nearest("us_power", ["us_average_power"]) == ", did you mean 'us_average_power'?"
    assert nearest("INFRA-06", ["INTRO-06", "INFRA-60"]) == ", did you mean 'INFRA-60'?"


@pytest.mark.parametrize(
    ("name", "far"),
    [("subject-publisher-2026", "chatgpt-users-2025"), ("talk-2026-11-18", "43b-2025-11-18"),
     ("abc-2026-11-18", "xyz-2026-11-18"), ("tesla-units-2027", "tesla-price-2020")],
)  # fmt: skip
def test_a_name_that_is_alike_in_its_day_or_its_ending_is_not_suggested(name, far):
    assert nearest(name, [far]) == ""


@pytest.mark.parametrize("value", ["2025-11-14", "2025-11", "2025", 2025, dt.date(2025, 11, 14)])
def test_days_months_and_years_are_dates(value):
    assert iso(value) in ("2025-11-14", "2025-11", "2025")


@pytest.mark.parametrize(
    "value",
    ["14.11.2025", "2025-13", "2025-02-30", "2025-1", "25", "", "Nov 2025", True, None, 2025.5],
)
def test_what_is_no_date_is_refused(value):
    with pytest.raises(ValueError):
        iso(value)
    with pytest.raises(ValidationError):
        TypeAdapter(PartialDate).validate_python(value)


def test_a_month_or_year_counts_as_known_on_its_last_day():
    assert (first_day("2024-02"), last_day("2024-02")) == (
        dt.date(2024, 2, 1),
        dt.date(2024, 2, 29),
    )
    assert (first_day("2025"), last_day("2025")) == (dt.date(2025, 1, 1), dt.date(2025, 12, 31))


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_day_lies_in_its_month_and_its_year(day):
    text = iso(day)
    assert first_day(text) == last_day(text) == day
    for wider in (text[:7], text[:4]):
        assert first_day(wider) <= day <= last_day(wider)
        assert (last_day(wider) + dt.timedelta(1)).day == 1


def test_a_load_leaves_the_collector_as_it_was(tmp_path):
    import gc

    (tmp_path / "a.yml").write_text("- {id: 3}\n", encoding="utf-8")
    for wanted in (True, False):
        (gc.enable if wanted else gc.disable)()
        try:
            with pytest.raises(yaml_files.BadInput):
                yaml_files.load_folder(tmp_path, yaml_files.Record)
            assert gc.isenabled() is wanted
        finally:
            gc.enable()


def test_dates_in_words_are_known_to_what_they_name():
    told = "From 3 May 2026 on, in June 2026 and in 1999, not in 2250 or in Maybe 12."
    assert named(told) == ["2026-05-03", "2026-06", "1999"]
