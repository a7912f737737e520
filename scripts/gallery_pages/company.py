"""Invented rows of one invented company (远山智控 华东大区), in 分, as a report would hand them over."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

WAN = 1_000_000
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    """Return the rows of a CSV beside this file."""
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def wan(amount: float | str) -> int:
    """Return 万元 as minor units."""
    return round(float(amount) * WAN)


WATERFALL = (
    ("新增商机", "New deals", 5, 214.00),
    ("由明年提前", "Pulled in", 2, 168.00),
    ("赢率上调", "Win rate up", 9, 206.15),
    ("赢率下调", "Win rate down", 1, -109.65),
    ("金额下调", "Amount cut", 3, -118.50),
    ("推迟到明年", "Pushed out", 4, -386.00),
    ("丢单", "Lost", 2, -256.00),
)
OFFICES = (("上海", 1347.30), ("江苏", 1376.83), ("浙江", 946.06), ("安徽", 663.68), ("山东", 678.42), ("福建", 465.84))
CATEGORIES = (("承诺", 3397.41, "acc"), ("力争", 1694.42, "acc2"), ("管道", 386.30, "acc3"))

SEASON = (52, 38, 86, 62, 74, 108, 61, 65, 102, 75, 115, 162)
# name, parent, level, kind, the year in 万元
PEOPLE = (
    ("华东大区", "", 0, "sum", 0.0),
    ("江苏", "华东大区", 1, "own", 6240.0),
    ("陆知远", "江苏", 2, "own", 1920.0),
    ("沈若溪", "江苏", 2, "own", 1710.0),
    ("顾北川", "江苏", 2, "own", 1490.0),
    ("待招 6 月", "江苏", 2, "own", 580.0),
    ("渠道", "江苏", 2, "own", 540.0),
    ("浙江", "华东大区", 1, "own", 5520.0),
    ("安徽", "华东大区", 1, "own", 3276.0),
)
STATES = {
    ("陆知远", 12): ["pinned"],
    ("沈若溪", 3): ["not-agreed"],
    ("顾北川", 2): ["at-low"],
    ("浙江", 6): ["at-high"],
}


def month_amounts(year: float) -> list[int]:
    """Return a year split over the months by season, in 分, adding up exactly."""
    whole, weights = wan(year), sum(SEASON)
    parts = [whole * weight // weights for weight in SEASON]
    parts[-1] += whole - sum(parts)
    return parts


def grid_cells(name: str, year: float) -> list[dict[str, Any]]:
    """Return the typed cells of a row; 渠道 takes what the others leave, so that 江苏 adds up."""
    amounts: list[int | None] = list(month_amounts(year) if name != "渠道" else _rest_of_jiangsu())
    if name == "待招 6 月":
        amounts[:2] = [None, None]
    return [
        {"column": f"m{at}", "value": amount, "version": 1, "states": STATES.get((name, at), [])}
        for at, amount in enumerate(amounts, 1)
    ]


def _rest_of_jiangsu() -> list[int]:
    rest = month_amounts(6240.0)
    for name, above, _level, _kind, year in PEOPLE:
        if above == "江苏" and name != "渠道":
            taken = month_amounts(year)
            taken[:2] = [0, 0] if name == "待招 6 月" else taken[:2]
            rest = [left - one for left, one in zip(rest, taken, strict=True)]
    return rest
