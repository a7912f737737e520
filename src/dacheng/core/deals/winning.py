"""What somebody has won, lost and open, and what follows from it (赢单率、流速、需要的在途)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.book import Rows
from dacheng.core.deals.closed import Closed
from dacheng.core.deals.concentration import effective_number
from dacheng.core.deals.funnel import ENOUGH
from dacheng.core.deals.reverse import PRIOR_DEALS
from dacheng.core.deals.velocity import A_QUARTER, pipeline_needed, shrunk_rate, velocity

Value = int | float | None


@dataclass(frozen=True)
class Subject:
    """What a unit, a person or the whole has won, lost, open, planned and done.

    Args:
        open_ones: one row a deal, the amount summed over the parts of the view; ``part`` 0 counts.
        open_worth: the open amounts in terms of contract value, minor units.
        target, done: minor units of contract value; None = not known.
    """

    open_ones: Rows
    open_worth: int
    closed: Closed
    target: int | None
    done: int | None

    @property
    def won(self) -> int:
        """Return how many were won."""
        return int((self.closed.won & self.closed.counted).sum())

    @property
    def decided(self) -> int:
        """Return how many were won or lost."""
        return int(self.closed.counted.sum())

    @property
    def rate(self) -> Fraction | None:
        """Return the win rate by count; None while nothing is decided."""
        return Fraction(self.won, self.decided) if self.decided else None

    def rate_used(self, pooled: Fraction | None) -> Fraction | None:
        """Return the win rate, drawn towards that of the whole where little is decided."""
        if pooled is None or self.decided >= ENOUGH:
            return self.rate
        return shrunk_rate(self.won, self.decided, pooled, PRIOR_DEALS)

    @property
    def cycle(self) -> Fraction | None:
        """Return the average days from creation to winning; None while nothing was won."""
        return (
            Fraction(int(self.closed.days[self.closed.won & self.closed.counted].sum()), self.won) if self.won else None
        )

    def amount(self, won: bool) -> int | None:
        """Return what was won or lost, minor units; None when there are some and none is known."""
        return self.closed.only(self.closed.won == won).total()


def figures_of(one: Subject, pooled: Fraction | None) -> dict[str, Value]:
    """Return the figures of a subject; None where one is not known."""
    amounts = one.open_ones["amount"][one.open_ones.known("amount")]
    gap = None if one.target is None or one.done is None else one.target - one.done
    return {
        **_rates(one, pooled),
        "open_deals": int((one.open_ones["part"] == 0).sum()),
        "open_amount": int(amounts.sum()) if len(amounts) or not len(one.open_ones) else None,
        "effective": effective_number(amounts) or None,
        **_speed(int(amounts.sum()), one.rate_used(pooled), one.cycle),
        "target": one.target,
        "done": one.done,
        "gap": gap,
        **_need(gap, one.open_worth, one.rate_used(pooled)),
    }


def _rates(one: Subject, pooled: Fraction | None) -> dict[str, Value]:
    won, lost = one.amount(True), one.amount(False)
    both = (won or 0) + (lost or 0)
    return {
        "won": one.won,
        "lost": one.decided - one.won,
        "win_ratio": _plain(one.rate),
        "won_amount": won,
        "lost_amount": lost,
        "win_amount_ratio": (won or 0) / both if both and None not in (won, lost) else None,
        "used_ratio": _plain(one.rate_used(pooled)),
        "cycle": _plain(one.cycle),
    }


def _speed(amount: int, rate: Fraction | None, cycle: Fraction | None) -> dict[str, Value]:
    if rate is None or not cycle:
        return {"velocity": None, "velocity_90": None}
    return {"velocity": velocity(amount, rate, cycle), "velocity_90": velocity(amount, rate, cycle, A_QUARTER)}


def _need(gap: int | None, worth: int, rate: Fraction | None) -> dict[str, Value]:
    return {
        "needed": pipeline_needed(gap, rate) if gap is not None and rate else None,
        "multiple": _plain(1 / rate) if rate else None,
        "coverage": worth / gap if gap is not None and gap > 0 else None,
    }


def _plain(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
