"""A share of something over days, and the 95 % interval in which it lies in the long run.

Law: the day is the unit. The breaks of one day have much in common, so that a hundred offers of five days tell hardly
more than five days do; an interval that counts offers would promise too much.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from math import hypot, sqrt
from typing import NamedTuple

FEWEST_DAYS = 5
"""Of fewer days no interval is given: it is too early to tell."""

_Z = 1.959963985
"""The 97.5 % quantile of the normal distribution; `statistics`, which knows it, is slow to load."""


class Estimate(NamedTuple):
    """A share from 0 to 1, None where there is nothing to share; over so many days.

    `low` and `high` bound it with 95 % confidence. Below FEWEST_DAYS they are None.
    """

    value: float | None
    low: float | None
    high: float | None
    days: int


def ratio(of_days: Iterable[tuple[int, int]]) -> Estimate:
    """Return the share of the parts in the wholes, given each day's (part, whole); a day with no whole says nothing.

    The variance is that of a ratio estimator over days (Cochran, Sampling Techniques, 3rd ed. 1977, ch. 6). It says how
    many independent offers these days are worth, and the interval is Wilson's (1927, J. Am. Stat. Assoc. 22:209-212)
    for so many, with a t quantile of days - 1 in place of the normal one. Days that happen to be nearly alike are worth
    no more than their offers (as Parker et al. 2017, Vital and Health Statistics 2(175), have it for the health
    surveys of the USA), and days that are all alike no more than one offer each.
    """
    found = Counter(of_days)  # of years there are many days, but few different ones
    days = sum(count for (_part, whole), count in found.items() if whole)
    if not days:
        return Estimate(None, None, None, 0)
    parts = sum(part * count for (part, _whole), count in found.items())
    wholes = sum(whole * count for (_part, whole), count in found.items())
    share = parts / wholes
    if days < FEWEST_DAYS:
        return Estimate(share, None, None, days)
    # In whole numbers, for days that are all alike to have no variance at all.
    squares = sum((part * wholes - parts * whole) ** 2 * count for (part, whole), count in found.items())
    if squares:
        variance = days / (days - 1) * squares / wholes**4
        worth = min(wholes, share * (1 - share) / variance)
    else:
        worth = days
    return Estimate(share, *_wilson(share, worth, quantile(days - 1)), days)


def _wilson(share: float, worth: float, t: float) -> tuple[float, float]:
    """Return the interval around a share that was seen in so many independent trials."""
    scale = 1 + t * t / worth
    middle = (share + t * t / (2 * worth)) / scale
    half = t / scale * sqrt(share * (1 - share) / worth + t * t / (4 * worth * worth))
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(one: Estimate, other: Estimate) -> int | None:
    """Return 1 where the first share is clearly the greater, -1 where it is the smaller, 0 where neither is clear.

    None where it is too early to tell. Clear means that the 95 % interval of the difference leaves out zero, made of
    both intervals as Newcombe does (1998, Statistics in Medicine 17:873-890, method 10).
    """
    if one.value is None or one.low is None or one.high is None:
        return None
    if other.value is None or other.low is None or other.high is None:
        return None
    more = one.value - other.value
    if more - hypot(one.value - one.low, other.high - other.value) > 0:
        return 1
    return -1 if more + hypot(one.high - one.value, other.value - other.low) < 0 else 0


@cache
def quantile(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t, to 0.001 for 4 degrees of freedom and closer for more.

    By the series of Cornish and Fisher (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5).
    """
    z = _Z
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return sum(term / float(freedom) ** power for power, term in enumerate(terms))
