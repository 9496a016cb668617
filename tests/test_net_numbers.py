"""Amounts below zero: the sign stands before the currency, whatever the form of the number."""

from __future__ import annotations

import pytest

from bet import numbers


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (-1.5, -1.5, "USD per share", "−$1.50 per share"),
        (-1.5, 2, "USD", "−$1.50 to $2.00"),
        (-999.5, -0.25, "USD", "−$999.50 to −$0.25"),
        (-1000.5, -1, "USD", "−$1,001 to −$1"),  # no cents once one end has a thousand
        (-1.5, -1.5, "USD billion", "−$1.5 billion"),
        (-2, 3, "USD billion", "−$2 to $3 billion"),
        (-0.05, 0.1, "share", "−5% to 10%"),
        (-3, -3, "GW", "−3 GW"),
    ],
)
def test_an_amount_below_zero_has_its_sign_before_the_currency(low, high, unit, text):
    shown = numbers.amount(low, high, unit)
    assert (shown, shown.value) == (text, [low, high])
