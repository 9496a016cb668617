"""The number lint: what it refuses and what it lets pass."""

from __future__ import annotations

import pytest

from bet.chapter.lint import bare_numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is 490 GW.", ["490"]),
        ("About 3.1 times as much.", ["3.1"]),
        ("A share of 20.4 % or 20.4%.", ["20.4", "20.4%"]),
        ("He paid $5.2 billion.", ["$5.2"]),
        ("Some 1,340 cars and 12 lorries.", ["1,340", "12"]),
        ("| a | 7 |\n|---|---|", ["7"]),
        ("# Why 160 is wrong", ["160"]),
        ("Between 10 and 15.", ["10", "15."]),
        ("It is {{ gap }} or {3}.", ["3"]),
        ("Version 1400 came first.", ["1400"]),
        ("See `x = 1` and then 2", ["2"]),
    ],
)
def test_a_bare_figure_is_found(text, found):
    assert bare_numbers(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "It is {{ power[3] }} at {{ pct(share, 2) }}{% if n > 5 %}.{% endif %}",
        "In 2014, from 2014 to 2016, 2014-2016, 2014–16, the 1990s.",
        "On 14 November 2025, or 14 November, or 2025-11-14.",
        "See {claim}`INFRA-60` and INFRA-61.",
        "The 1st, the 2nd, the 23rd and the 19th.",
        "Grok 5, GPT-4, Falcon 9, Model 3, Colossus 2, H100, AI5, CO2.",
        "A 13F, a 10-K, the S&P 500.",
        "[the report](https://example.org/2/34) and https://example.org/56",
        "```python\nx = 12\n```",
        "Code such as `table(3)`.",
        "1. First\n2. Second",
        "A power of 10¹².",
        "No figure at all.",
    ],
)
def test_what_is_no_bare_figure_passes(text):
    assert bare_numbers(text) == []
