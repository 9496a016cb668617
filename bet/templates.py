"""Records to copy and fill in: ``bet template claim >> data/claims/infrastructure.yml``."""

from __future__ import annotations

SOURCE = """
- id: publisher-2026-11                # kebab-case, unique: publisher and date or subject
  publisher: Name of the publisher
  title: What the page is, in our own words
  url: https://example.org/page
  published: 2026-11-20                # a month 2026-11 or a year 2026 where the day is unknown
  retrieved: 2026-11-25                # the day it was read
  tier: report                         # primary | transcript | report | secondary | forum
  origin: talk-2026-11-18              # the root that it goes back to; two pages of one origin count once
  licence: copyright, figures only
"""

EVIDENCE = """
- id: subject-publisher-2026           # kebab-case, unique over all of data/evidence
  fact: One or two sentences in our own words.
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
  anchor: at most four words           # of the original, to find the place
  speaker: author                      # author | musk | baron | huang | page
  paraphrase: One sentence in our own words that says what is claimed.
  kind: quantity                       # quantity | date | event | quotation | causal | arithmetic | definition | forecast | opinion
  checkable: true
  importance: 2                        # 1 detail, 2 matters, 3 carries the thesis
  figures:                             # leave out if none is printed
    - name: average_power              # snake_case, unique in the claim
      printed: "160"                   # as printed
      value: 160                       # as read
      unit: GW
      relation: about                  # equal | about | less | more | date
      found: [441, 502]                # what is true; the rule then gives the verdict
  verdict: contradicted                # supported | partly | contradicted | open | unverified | opinion
  confidence: medium                   # high needs two origins or one primary source
  reason: What is true, how far off, and why this verdict follows.
  supports: []
  contradicts: [subject-publisher-2026]  # ids of data/evidence
  error_origin: author                 # author | translation | source | unknown; for partly and contradicted
  strongest_reading: The reading in which it is least wrong; required for contradicted.
  # searched: What was searched; required for unverified
  assessed_in: ledger                  # or the notebook that computes it with book.assess
  review_by: 2027-11-25
  history:
    - {date: 2026-11-25, verdict: contradicted, why: First judgement.}
"""

TABLE = """
title: What the table holds
description: One or two sentences; what a row is.
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
sha256: ""                             # bet hash NAME writes it
"""

CHART = """
fig, ax = charts.canvas(height=3.2)
ax.plot(data["year"], data["value_gw"], color=charts.COLOUR["found"])
charts.label(ax, 2024, 490, "metered", charts.COLOUR["found"])
charts.zero(ax)
book.chart(fig, name="power-metered", title="The finding in five to sixteen words with a number",
    subtitle="What is plotted, GW, United States, by year", sources=["publisher-2026-11"],
    data=data, x="year", y="value_gw", kind="line chart", unit="GW", claims=["INFRA-99"])
"""

TEMPLATES = {
    "claim": CLAIM,
    "source": SOURCE,
    "evidence": EVIDENCE,
    "table": TABLE,
    "chart": CHART,
}
