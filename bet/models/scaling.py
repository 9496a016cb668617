"""Size of language models: what a printed count means, the memory it needs, what a doubling buys.

Closed forms, `math` only. The constants of the laws are data (table scaling_laws), not code.
"""

from __future__ import annotations

import math

# Powers of ten of the scale words. 'short' is modern English, 'long' is French and old English.
SHORT = {"million": 6, "billion": 9, "trillion": 12, "quadrillion": 15}
LONG = {"million": 6, "milliard": 9, "billion": 12, "billiard": 15, "trillion": 18}
SCALES = {"short": SHORT, "long": LONG}


def scale_word(value: float, word: str, scale: str) -> float:
    """Return a count such as '30 billions' as a number, read on the short or the long scale."""
    if scale not in SCALES:
        raise ValueError(f"scale 'short' or 'long', not {scale!r}")
    singular = word.lower().removesuffix("s")
    if singular not in SCALES[scale]:
        known = ", ".join(SCALES[scale])
        raise ValueError(f"a word of the {scale} scale ({known}), not {word!r}")
    return value * 10.0 ** SCALES[scale][singular]


def memory_gb(parameters: float, bytes_per_parameter: float) -> float:
    """Return the memory of the weights alone, in GB (10^9 bytes)."""
    return _positive(parameters) * _positive(bytes_per_parameter) / 1e9


def chips_needed(parameters: float, bytes_per_parameter: float, chip_memory_gb: float) -> int:
    """Return how many chips hold the weights alone: a floor, without working memory."""
    exact = memory_gb(parameters, bytes_per_parameter) / _positive(chip_memory_gb)
    return max(1, math.ceil(exact - 1e-9))


def size_term(parameters: float, scale: float, exponent: float) -> float:
    """Return the part of the loss that more parameters remove: scale / parameters ** exponent."""
    return scale / _positive(parameters) ** exponent


def power_law_loss(parameters: float, scale: float, exponent: float) -> float:
    """Return the loss of a pure power law (Kaplan): (scale / parameters) ** exponent."""
    return (_positive(scale) / _positive(parameters)) ** exponent


def loss(
    parameters: float,
    tokens: float,
    floor: float,
    size_scale: float,
    size_exponent: float,
    data_scale: float,
    data_exponent: float,
) -> float:
    """Return the loss (nats per token) of a law with a floor, a size term and a data term."""
    size = size_term(parameters, size_scale, size_exponent)
    return floor + size + size_term(tokens, data_scale, data_exponent)


def cut(before: float, after: float) -> float:
    """Return the share by which a loss falls; negative when it rises."""
    return 1 - after / _positive(before)


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError(f"a number above zero, not {value!r}")
    return value
