"""Numbers as readers see them."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bet import numbers
from bet.numbers import big, day, digits, num, pct, plain, ratio, span, usd, words

finite = st.floats(1e-9, 1e18)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (plain(1340.2), "1,340"),
        (plain(0), "0"),
        (plain(-0.5), "−0.5"),
        (plain(0.00012345), "0.000123"),
        (plain(27.5), "27.5"),
        (num(490, "GW"), "490 GW"),
        (num(1.4e6, "cars"), "1.4 million cars"),
        (num(999_400, "cars"), "999,000 cars"),
        (num(999_600, "cars"), "1 million cars"),
        (num(999.6e6, "cars"), "1 billion cars"),
        (usd(5.2e9), "$5.2 billion"),
        (usd(14.42), "$14.40"),
        (usd(14.42, 4), "$14.42"),
        (usd(-5e6), "−$5 million"),
        (pct(0.2041), "20.4%"),
        (pct(-0.02), "−2%"),
        (pct(1), "100%"),
        (ratio(3.06), "3.1 times"),
        (ratio(1.036), "1.04 times"),
        (ratio(0.998), "0.998 times"),
        (ratio(1), "1 times"),
        (big(6e12), "6 trillion (6 × 10¹²)"),
        (big(6.0e12, "watts"), "6 trillion (6 × 10¹²) watts"),
        (big(9.999e11), "1 trillion (1 × 10¹²)"),
        (big(1.5e-3), "0.0015 (1.5 × 10⁻³)"),
        (big(0), "0 (0 × 10⁰)"),
        (words(0), "zero"),
        (words(12), "twelve"),
        (words(13), "13"),
        (words(1200), "1,200"),
        (day("2025-11-14"), "14 November 2025"),
        (day(dt.date(2025, 1, 2)), "2 January 2025"),
        (span(441, 502, "GW"), "441 to 502 GW"),
        (span(441.1, 441.2, "GW"), "441 GW"),
        (span(1, 2), "1 to 2"),
    ],
)
def test_numbers_read_as_written_by_hand(shown, text):
    assert shown == text


@pytest.mark.parametrize(
    ("shown", "value", "unit"),
    [
        (num(490, "GW"), 490, "GW"),
        (usd(5.2e9), 5.2e9, "USD"),
        (pct(0.2), 0.2, "share"),
        (ratio(3.06), 3.06, "ratio"),
        (words(3), 3, "count"),
        (day("2025-11-14"), "2025-11-14", "date"),
        (span(1, 2, "GW"), [1, 2], "GW"),
        (big(6e12, "watts"), 6e12, "watts"),
    ],
)
def test_the_value_and_its_unit_are_kept_beside_the_text(shown, value, unit):
    assert isinstance(shown, str)
    assert (shown.value, shown.unit) == (value, unit)


@pytest.mark.parametrize(
    ("value", "text"), [(math.inf, "infinity"), (-math.inf, "minus infinity"), (math.nan, "nan")]
)
def test_what_is_no_number_is_not_dressed_up(value, text):
    assert digits(value) == text


def test_a_date_that_is_none_is_refused():
    with pytest.raises(ValueError):
        day("14.11.2025")


def read(text: str) -> float:
    scales = {word: scale for scale, word in numbers.SCALES}
    number, *rest = text.replace(",", "").replace("−", "-").split(" ")
    return float(number) * (scales[rest[0]] if rest and rest[0] in scales else 1)


@pytest.mark.parametrize(
    ("value", "figures", "text"),
    [(12.5, 2, "13"), (24.45, 3, "24.5"), (-2.5, 1, "−3"), (9.995, 3, "10"), (12.49, 2, "12")],
)
def test_halves_are_rounded_as_a_reader_of_the_table_rounds_them(value, figures, text):
    assert digits(value, figures) == text


@given(finite, st.integers(1, 6))
def test_digits_is_as_near_as_its_figures_allow(value, figures):
    text = digits(value, figures)
    assert "e" not in text
    assert read(text) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - figures))
    shown = text.strip("−").replace(",", "").replace(".", "").strip("0")
    assert len(shown) <= figures


@given(finite, st.integers(2, 5))
def test_scaled_numbers_read_back(value, figures):
    assert read(num(value, "GW", figures)) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - figures))


@given(finite)
def test_negative_numbers_mirror_positive_ones(value):
    assert digits(-value) == f"−{digits(value)}"
    assert usd(-value) == f"−{usd(value)}"


@given(st.floats(1e-6, 1e16))
def test_the_power_of_ten_says_the_same_as_the_words(value):
    said, power = big(value).removesuffix(")").split(" (")
    mantissa, exponent = power.split(" × 10")
    plain_exponent = exponent.translate({v: k for k, v in numbers._SUPERSCRIPT.items()})
    assert 1 <= float(mantissa) < 10
    assert float(mantissa) * 10.0 ** int(plain_exponent) == pytest.approx(read(said), rel=1e-9)


@given(finite, finite)
def test_larger_numbers_never_read_smaller(a, b):
    low, high = sorted((a, b))
    assert read(digits(low)) <= read(digits(high))


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_days_read_back(value):
    assert dt.datetime.strptime(day(value), "%d %B %Y").date() == value


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (12.4, 13, "USD billion", "$12.4 to $13 billion"),
        (465, 1000, "USD billion", "$465 billion to $1 trillion"),
        (24.08, 28.68, "USD per share", "$24.08 to $28.68 per share"),
        (24.5, 28, "USD per share", "$24.50 to $28.00 per share"),  # cents at both ends or none
        (24, 28.5, "USD per share", "$24.00 to $28.50 per share"),
        (24, 28, "USD per share", "$24 to $28 per share"),
        (999.5, 999.5, "USD", "$999.50"),
        (999.5, 1000.4, "USD", "$999.50 to $1,000"),  # no cents from a thousand on
        (3456.7, 3456.7, "USD per kg", "$3,457 per kg"),  # four figures where no scale is named
        (34567, 34567, "USD per kg", "$34,570 per kg"),
        (1_234_567, 1_234_567, "USD", "$1.235 million"),
        (0.5, 0.5, "USD billion", "$500 million"),
        (1.2345, 1.2345, "USD billion", "$1.23 billion"),
        (1e9, 1e9, "USD billion", "$1 quintillion"),
        (0.65, 0.733, "share of his wealth", "65% to 73.3% of his wealth"),
        (22.5, 25.2, "% of shares", "22.5% to 25.2% of shares"),
        (40, 40, "per cent of own wealth", "40% of own wealth"),
        (0.199, 0.227, "share", "19.9% to 22.7%"),
        (32, 32, "edition", "edition 32"),
        (2.5, 3, "version", "version 2.5 to 3"),
        (3e12, 3e12, "parameters", "3 trillion (3 × 10¹²) parameters"),
        (441, 502, "GW", "441 to 502 GW"),
        (24, 30, "million shares", "24 to 30 million shares"),
        (0.9, 1.2, "", "0.9 to 1.2"),
    ],
)
def test_an_amount_reads_as_its_unit_asks(low, high, unit, text):
    shown = numbers.amount(low, high, unit)
    assert (shown, shown.value, shown.unit) == (text, [low, high], unit)


def test_a_chance_next_to_nothing_does_not_fill_the_page():
    assert digits(3.21e-40, 2) == "3.2\u00a0×\u00a010⁻⁴⁰"
    assert digits(-3.21e-40, 2) == "−3.2\u00a0×\u00a010⁻⁴⁰"
    assert pct(1e-300, 2) == "1.0\u00a0×\u00a010⁻²⁹⁸%"
    assert digits(1e-12, 1) == "0.000000000001"
