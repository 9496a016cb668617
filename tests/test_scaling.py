"""Sizes, memory and scaling laws against values worked out by hand."""

import math

import pytest

from bet.models import scaling

CHINCHILLA = {
    "floor": 1.69,
    "size_scale": 406.4,
    "size_exponent": 0.34,
    "data_scale": 410.7,
    "data_exponent": 0.28,
}


@pytest.mark.parametrize(
    ("value", "word", "scale", "expected"),
    [
        (30, "billions", "long", 30e12),
        (30, "billions", "short", 30e9),
        (60, "billion", "long", 60e12),
        (4000, "milliards", "long", 4e12),
        (1, "trillion", "short", 1e12),
        (1, "trillion", "long", 1e18),
    ],
)
def test_scale_words_are_read_on_the_scale_named(value, word, scale, expected):
    assert scaling.scale_word(value, word, scale) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("word", "scale"), [("milliard", "short"), ("dozen", "long"), ("billion", "metric")]
)
def test_a_word_that_the_scale_lacks_is_refused(word, scale):
    with pytest.raises(ValueError, match="scale"):
        scaling.scale_word(1, word, scale)


def test_the_long_scale_is_a_thousand_times_the_short_one_for_billions():
    long, short = (scaling.scale_word(7, "billion", s) for s in ("long", "short"))
    assert long / short == 1000


def test_six_trillion_at_one_byte_fills_43_chips_of_141_gb():
    assert scaling.memory_gb(6e12, 1) == 6000
    assert scaling.chips_needed(6e12, 1, 141) == 43
    assert scaling.chips_needed(6e13, 1, 141) == 426


def test_a_model_that_fits_exactly_needs_no_further_chip():
    assert scaling.chips_needed(141e9, 1, 141) == 1
    assert scaling.chips_needed(141e9 + 1e6, 1, 141) == 2
    assert scaling.chips_needed(1e6, 1, 141) == 1


def test_kaplan_doubling_cuts_the_loss_by_five_per_cent_at_any_size():
    for size in (1e9, 3e12):
        before, after = (scaling.power_law_loss(n, 8.8e13, 0.076) for n in (size, 2 * size))
        assert scaling.cut(before, after) == pytest.approx(0.0513, abs=1e-4)


def test_chinchilla_loss_of_its_own_model():
    # 70 billion parameters, 1.4 trillion tokens: 1.69 + 0.083 + 0.163
    assert scaling.loss(70e9, 1.4e12, **CHINCHILLA) == pytest.approx(1.936, abs=2e-3)


def test_the_loss_falls_with_size_and_data_but_never_below_its_floor():
    before = scaling.loss(3e12, 3e13, **CHINCHILLA)
    assert scaling.loss(6e12, 3e13, **CHINCHILLA) < before
    assert scaling.loss(3e12, 6e13, **CHINCHILLA) < before
    assert scaling.loss(1e30, 1e30, **CHINCHILLA) == pytest.approx(1.69, abs=1e-4)


def test_doubling_size_on_the_same_work_can_raise_the_loss():
    before = scaling.loss(3e12, 3e13, **CHINCHILLA)
    after = scaling.loss(6e12, 1.5e13, **CHINCHILLA)
    assert scaling.cut(before, after) < 0


@pytest.mark.parametrize("bad", [0, -1, math.nan])
def test_sizes_must_be_positive(bad):
    with pytest.raises(ValueError, match="above zero"):
        scaling.memory_gb(bad, 1)
