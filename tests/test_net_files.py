"""Files beside the pages, sizes of units, and what counts where a record says nothing."""

from __future__ import annotations

import json
import types
import zipfile

import pytest

from bet.chapter import panels
from bet.paths import here
from bet.records import sanity, tables
from bet.review import compare
from bet.review.snapshot import Snapshot
from bet.site import extension, finish, published
from tests.test_pages import CHARTS, claim

SIZES = {
    "watt": {"w": 1, "watts": 1, "kw": 1e3, "mw": 1e6, "gw": 1e9, "tw": 1e12},
    "watt hour": {"kwh": 1e3, "mwh": 1e6, "gwh": 1e9, "twh": 1e12},
    "gram": {"kg": 1e3, "tonnes": 1e6},
    "byte": {"mb": 1e6, "gb": 1e9, "tb": 1e12},
    "many": {"million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12},
    "time": {"hours": 1 / 24, "days": 1, "weeks": 7, "months": 30.4375, "years": 365.25},
}  # in watts, watt hours, grams, bytes, ones and days


def test_every_unit_has_its_size():
    told = {unit: (kind, size) for kind, units in SIZES.items() for unit, size in units.items()}
    assert {unit: sanity.measure(unit) for unit in told} == told
    assert set(sanity._UNITS) == set(told)


def test_a_claim_without_importance_weighs_nothing():
    one = {"id": "A-1", "verdict": "open", "reason": "a", "history": []}
    for other in ({**one, "verdict": "partly"}, {**one, "reason": "b"}, None):
        head = Snapshot(claims={"A-1": other} if other else {})
        found = compare.compare(Snapshot(claims={"A-1": one}), head).changes
        assert found and {change.weight for change in found} == {0}
    said = {"claim": "A-1", "verdict": "partly", "notebook": "n"}
    found = compare.compare(Snapshot(claims={"A-1": one}), Snapshot(claims={"A-1": one}, assessed={"A-1": said}))  # fmt: skip
    assert [change.weight for change in found.changes] == [0]


def test_the_records_stand_beside_the_pages(tmp_path):
    charts = [{**chart, "columns": ["a"], "rows": [[1]]} for chart in CHARTS]
    finish.downloads(tmp_path, published.BookRecords([claim()], charts))
    assert [one["id"] for one in json.loads((tmp_path / "claims.json").read_text())] == ["INFRA-01"]
    assert (tmp_path / "claims.csv").read_bytes().startswith(b"\xef\xbb\xbfid,section")
    assert "$schema" in json.loads((tmp_path / "claims.schema.json").read_text())
    assert "today" in json.loads((tmp_path / "editions.json").read_text())
    for chart in charts:
        path = tmp_path / "charts" / chart["notebook"] / f"{chart['name']}.csv"
        assert path.read_text() == "a\n1\n"
    assert {path.stem for path in (tmp_path / "_static/models").iterdir()} == set(panels.MODELS)
    assert {path.stem for path in (tmp_path / "tables").iterdir()} == set(tables.names())
    name = tables.names()[0]
    own = (here().tables / f"{name}.csv").read_bytes()
    assert (tmp_path / "tables" / f"{name}.csv").read_bytes() == own


def test_the_root_has_robots_a_lost_page_and_an_entrance(tmp_path):
    finish.root_files(tmp_path, "https://a.org/")
    finish.entrance(tmp_path)
    assert "https://a.org/sitemap.xml" in (tmp_path / "robots.txt").read_text()
    for name in ("404.html", "index.html"):
        assert "Content-Security-Policy" in (tmp_path / name).read_text(encoding="utf-8"), name
    assert "book/index.html" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_notebooks_are_packed_in_order_without_a_day(tmp_path):
    for name in ("b.ipynb", "a.ipynb", "c.txt"):
        (tmp_path / name).write_text(name)
    finish.pack(tmp_path, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        entries = archive.infolist()
        assert [e.filename for e in entries] == ["the-bet-audited/a.ipynb", "the-bet-audited/b.ipynb"]  # fmt: skip
        assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
        assert {e.external_attr >> 16 for e in entries} == {0o644}
        assert {e.compress_type for e in entries} == {zipfile.ZIP_DEFLATED}
        assert archive.read(entries[0]) == b"a.ipynb"


def test_a_site_is_finished_page_by_page_and_left_without_the_theme_s_rest(tmp_path):
    for path in ("_static/scripts/fontawesome.js", "_static/a/b.map", "_static/thebe.js", "_static/keep.js"):  # fmt: skip
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "p.html").write_text("<head><title>T</title></head>")
    finish.finish(tmp_path, ["book/p"])
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"_static/keep.js", "book/p.html"}
    assert "Content-Security-Policy" in (tmp_path / "book/p.html").read_text()


def test_a_picture_and_its_narrow_drawing_are_one(tmp_path):
    (tmp_path / "n.svg").write_text('<svg width="3pt" height="6pt"/>')
    wide, narrow = '<img src="w.png">', '<img class="bet-narrow" src="n.svg">'
    assert finish.finished(f"<p>{wide}</p>{narrow}<i>x</i>", tmp_path, "book/p") == (
        '<p><picture><source media="(max-width: 35rem)" srcset="n.svg" width="4" height="8">'
        '<img src="w.png"></picture></p><i>x</i>'
    )
    gone = narrow.replace("n.svg", "gone.svg")
    assert 'srcset="gone.svg"><img' in finish.finished(wide + gone, tmp_path, "book/p")
    assert finish.finished(wide + wide, tmp_path, "book/p") == wide + wide


@pytest.mark.parametrize("renderer", [extension.BetRenderer, extension.BetRenderer()])
def test_the_renderer_is_asked_as_a_class_or_as_its_object(renderer):
    env = types.SimpleNamespace(temp_data={}, docname="book/p")
    asked = types.SimpleNamespace(renderer=types.SimpleNamespace(sphinx_env=env))
    data = types.SimpleNamespace(mime_type="text/plain", content="", cell_index=0, output_index=0)
    assert renderer.handle_mime(asked, data, False) is None
