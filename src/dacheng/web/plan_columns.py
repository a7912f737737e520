"""The columns of a plan's grid: the whole plan, halves, quarters, months of whatever months it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dacheng.core.period import FiscalYear, ym_text
from dacheng.core.plans.sheet import Plan
from dacheng.web.target_grid_view import YEAR, month_label

MONTHS_IN = {"h": 6, "q": 3}


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """A column of a plan.

    Args:
        months: the places of its months within the plan.
        summed: it only adds up: a half or a quarter.
    """

    key: str
    label: str
    months: tuple[int, ...]
    summed: bool = False

    @property
    def is_month(self) -> bool:
        """Tell whether it is one month."""
        return not self.summed and self.key != YEAR


def plan_columns(plan: Plan, fiscal: FiscalYear, language: str) -> list[PlanColumn]:
    """Return the columns in order; a half or a quarter of which the plan has not every month is left out."""
    months = range(plan.from_ym, plan.until_ym)
    years = sorted({int(fiscal.year_of(ym)) for ym in months})
    whole = _("全年") if len(months) == 12 else _("全期")
    found = [PlanColumn(YEAR, whole, tuple(range(plan.months)))]
    for ym in months:
        found += _begun(plan, fiscal, ym, f"{fiscal.year_of(ym)} " if len(years) > 1 else "")
        number = ym - plan.from_ym
        label = month_label(ym, language)
        found.append(PlanColumn(ym_text(ym), f"{ym // 12} {label}" if len(years) > 1 else label, (number,)))
    return found


def _begun(plan: Plan, fiscal: FiscalYear, ym: int, before: str) -> Iterator[PlanColumn]:
    """Yield the half and the quarter that begin with a month, where the plan has all of their months."""
    at = int(fiscal.month_of(ym)) - 1
    number = ym - plan.from_ym
    for letter, size in MONTHS_IN.items():
        if at % size == 0 and number + size <= plan.months:
            name = f"{letter}{at // size + 1}"
            key = f"{fiscal.year_of(ym)}-{name}"
            yield PlanColumn(key, f"{before}{name.upper()}", tuple(range(number, number + size)), summed=True)


def month_of_key(plan: Plan, columns: Sequence[PlanColumn], key: str) -> int | None:
    """Return the place of a month by the key of its column; None for the year or what cannot be typed."""
    return next((one.months[0] for one in columns if one.key == key and one.is_month), None)
