"""Records to copy and fill in: ``bet template claim >> data/claims/infrastructure.yml``.

What has to be replaced begins with FILL IN; ``bet check`` finds what was left.
"""

from __future__ import annotations

from bet.faults import Fault, require
from bet.paths import here, shown, visible

BLANK = "FILL IN"

SOURCE = """
- id: publisher-2026-11                # kebab-case, unique: publisher and date or subject
  publisher: FILL IN the publisher's name
  title: FILL IN what the page is, in our own words
  url: https://example.org/page
  published: 2026-11-20                # a month 2026-11 or a year 2026 where the day is unknown
  retrieved: 2026-11-25                # the day it was read
  tier: report                         # primary | transcript | report | secondary | forum
  origin: talk-2026-11-18              # the root that it goes back to; two pages of one origin count once
  licence: copyright, figures only
"""

EVIDENCE = """
- id: subject-publisher-2026           # kebab-case, unique over all of data/evidence
  fact: FILL IN one or two sentences in our own words.
  figure: 490                          # a number or [low, high]; leave out if there is none
  unit: GW
  as_of: 2026-11-18                    # the day that the fact speaks of
  public: 2026-11-20                   # the day it became public; leave out if that is when the source was published
  source: publisher-2026-11
  # told_by: musk                      # only where it rests on what the person judged says of himself
"""

CLAIM = """
- id: INFRA-99                         # section and the next free number
  lines: [120, 266]                    # lines of the article, both copies
  anchor: FILL IN this anchor          # at most four words of the original, to find the place
  speaker: author                      # author | musk | baron | huang | page
  paraphrase: FILL IN what is claimed, one sentence in our own words.
  kind: quantity                       # quantity | date | event | quotation | causal | arithmetic | definition | forecast | opinion
  checkable: true
  importance: 2                        # 1 detail, 2 matters, 3 carries the thesis
  figures:                             # leave out if none is printed
    - name: average_power              # snake_case, unique in the claim
      printed: "160"                   # as printed
      value: 160                       # as read
      unit: GW
      relation: about                  # equal | about | less | more | date
      # read: nearly 160 GW            # its English reading, where value and relation do not say it
      found: [441, 502]                # what is true; the rule then gives the verdict
  verdict: contradicted                # supported | partly | contradicted | open | unverified | opinion
  confidence: medium                   # high needs two origins or one primary source
  reason: FILL IN what is true, how far off, and why this verdict follows.
  supports: []
  contradicts: [subject-publisher-2026]  # ids of data/evidence
  error_origin: author                 # author | translation | source | unknown; for partly and contradicted
  strongest_reading: FILL IN the reading in which it is least wrong; required for contradicted.
  # searched: What was searched; required for unverified
  assessed_in: ledger                  # or the notebook that computes it with book.assess
  review_by: 2027-11-25
  history:
    - {date: 2026-11-25, verdict: contradicted, why: First judgement.}
"""

TABLE = """
title: FILL IN what the table holds
description: FILL IN one or two sentences; what a row is.
sources: [publisher-2026-11]           # ids of data/sources.yml
licence: as the source's
redistribution: allowed                # or derived-only: then the table holds derived figures only
retrieved: 2026-11-25
key: [year]                            # the columns that identify a row
row_floor: 3                           # fewer rows than this is a fault
known_from: published                  # the date column that says when a row became known
gaps: []
columns:
  year: {type: integer, unit: year, min: 1949, max: 2026, meaning: calendar year}
  average_power_gw: {type: number, unit: GW, min: 0, max: 1000, meaning: yearly energy over the hours}
  published: {type: date, meaning: day the figure was public}
checks:                                # relations between cells, in bet/records/relations.py; leave out if none
  - ordered: [year]                    # rising | steady | monthly | ordered | repeats | ...
  - steady: {column: average_power_gw, within: 1.3}
sha256: ""                             # bet hash NAME writes it
"""

CHART = """
book.lines(
    data,
    "year",
    "value_gw",
    zero=True,
    name="power-metered",
    finding="FILL IN the finding in three to fourteen words",
    shows="FILL IN what is drawn, where and when, in GW",
    unit="GW",
    sources=["publisher-2026-11"],
    claims=["INFRA-99"],
)
"""

PARAMETER = """
  name_unit:                           # snake_case; stands below its notebook
    default: 1.0                       # and in the parameters cell: name_unit = 1.0  # its meaning
    unit: USD
    min: 0.5
    max: 2.0
    meaning: FILL IN what it is, in a few words
    claims: [INFRA-99]                 # claims it bears on; leave out if none
"""

EDITION = """
name-of-edition:                       # part of its address: editions/name-of-edition/
  title: FILL IN a few words
  reason: FILL IN why these values, in one or two sentences.
  sources: [publisher-2026-11]         # ids of data/sources.yml
  parameters:                          # by notebook, or under common for all
    4_thesis: {exit_pe: 30.0}
"""

# A row of a CSV: a line break before it would be a row without cells.
FORECAST = (
    'F99,profit,FILL IN a short name,"FILL IN a statement that will be true or false.",INFRA-99,2026-11-25,'
    '2031-12-31,FILL IN what settles it,0.2,0.1,FILL IN the comparable cases,"FILL IN why the probability '
    'differs from the base rate.",,,,\n'
)

TEMPLATES = {
    "claim": CLAIM,
    "source": SOURCE,
    "evidence": EVIDENCE,
    "table": TABLE,
    "chart": CHART,
    "parameter": PARAMETER,
    "edition": EDITION,
    "forecast": FORECAST,
}


def check() -> None:
    """Raise BadInput naming every blank of a template that nobody filled in."""
    records = [path for kind in ("*.yml", "*.csv") for path in visible(here().data, kind)]
    paths = sorted([*records, *here().book.glob("*.ipynb")])
    require(
        [
            Fault(f"{shown(path)}:{number}", f"'{BLANK} …' of a template", "your own words")
            for path in paths
            if BLANK in (text := path.read_bytes().decode("utf-8", errors="replace"))
            for number, line in enumerate(text.splitlines(), 1)
            if BLANK in line
        ]
    )
