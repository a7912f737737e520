"""The invented company's own factor of breakdowns: sites in operation of each unit that sells, a year apart."""

from __future__ import annotations

from dacheng.core.company import Frame
from dacheng.core.factors.schema import CAPACITY
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.demo.framing import framed
from dacheng.demo.organisation import Units
from dacheng.demo.timeline import Timeline, stream
from dacheng.exchange.defaults import default_factors

FEWEST, MOST = 40, 260
GROWTH_PERCENT, A_YEAR = 12, 365


def factors_frame() -> Frame:
    """Return the factors that every company has and 在运站点, which this one counts for itself."""
    shipped = default_factors()
    own = {"code": "sites", "name": "在运站点", "name_en": "Sites in operation", "counted_in": "个"}
    numbers = [*shipped.columns["factor_id"], CAPACITY + 1]
    labels = {name: [*texts, own[name]] for name, texts in shipped.labels.items()}
    return framed(
        {"factor_id": numbers, "from_day": [FIRST_DAY] * len(numbers), "to_day": [FAR_DAY] * len(numbers)}, **labels
    )


def factor_figures_frame(seed: int, timeline: Timeline, units: Units) -> Frame:
    """Return how many sites each unit that sells kept running a year before and when the year began."""
    rng = stream(seed, "sites in operation")
    begun, grown = timeline.year_start - A_YEAR, timeline.year_start
    rows = []
    for unit, sites in zip(
        units.selling.tolist(), rng.integers(FEWEST, MOST, len(units.selling)).tolist(), strict=True
    ):
        told = [(unit, begun, sites), (unit, grown, sites * (100 + GROWTH_PERCENT) // 100)]
        rows += [one for one in told if units.founded[unit - 1] <= one[1] < units.closed[unit - 1]]
    count = len(rows)
    return framed(
        {
            "figure_id": range(1, count + 1),
            "factor_id": [CAPACITY + 1] * count,
            "unit_id": [row[0] for row in rows],
            "person_id": [0] * count,
            "day": [row[1] for row in rows],
            "value": [row[2] for row in rows],
            "from_day": [row[1] for row in rows],
            "to_day": [FAR_DAY] * count,
        },
        code=[f"YS{at:04d}" for at in range(1, count + 1)],
        name=["运维台账"] * count,
    )
