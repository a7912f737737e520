"""Next year's targets being set at the invented company: inputs of company and regions, an inventory of deals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.company import Frame
from dacheng.core.estimates.inputs import BY_CODE
from dacheng.core.estimates.lines import KIND_CODE, VERDICT_CODE
from dacheng.core.period import FAR_DAY, MONTHS_PER_YEAR
from dacheng.core.targets.schema import CONTRACT
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.organisation import TOP, Units
from dacheng.demo.pipeline import Pipeline
from dacheng.demo.timeline import Timeline

PLAN_A, PLAN_B = 1, 2
Given = tuple[str, int, int, str]
"""Input, line, value and where it comes from."""

OF_THE_COMPANY: tuple[Given, ...] = (
    ("growth", 1, 900, "行业协会年报"),
    ("growth", 2, 1_200, "招聘计划"),
    ("growth", 3, 1_500, "新区域开拓"),
    ("growth", 4, -200, "竞品降价"),
    ("forced_growth", 0, 1_800, "董事会纪要"),
    ("market_size", 0, 6_800_000_000_00, "行业协会年报"),
    ("market_share", 0, 620, "三年规划"),
    ("opening_rate", 0, 8_000, "财务"),
    ("in_year_rate", 0, 6_000, "财务"),
    ("buyers", 1, 18, "销售运营"),
    ("ticket", 1, 2_400_000_00, "销售运营"),
    ("repeat", 1, 8_000, ""),
    ("buyers", 2, 96, "客户成功"),
)
OF_A_REGION: tuple[Given, ...] = (
    ("growth", 1, 900, "行业协会年报"),
    ("growth", 2, 1_000, "招聘计划"),
    ("growth", 3, 1_400, ""),
    ("growth", 4, -200, "竞品降价"),
    ("forced_growth", 0, 1_600, "总部要求"),
)
ANOTHER_PLAN: tuple[Given, ...] = (*OF_THE_COMPANY[:4], ("forced_growth", 0, 2_500, "冲高方案"))

MONTHS_AGO = 4
"""Setting began so many months before the month of the as-of day."""

LARGEST, RENEWALS = 60, 24
"""So many of the largest open deals stand in the inventory, and renewals of so many of their customers."""

NUMBER_OF_KIND = {code: number for number, code in KIND_CODE.items()}
NUMBER_OF_VERDICT = {code: number for number, code in VERDICT_CODE.items()}


def estimate_frames(timeline: Timeline, units: Units, pipeline: Pipeline) -> dict[str, Frame]:
    """Return estimates of next year's contract value, their inputs, and the inventory of the largest open deals."""
    ym, since = timeline.year_ym + MONTHS_PER_YEAR, timeline.month_start(MONTHS_AGO)
    regions = (np.flatnonzero(units.parent == TOP) + 1).tolist()
    plans = [(TOP, PLAN_A, OF_THE_COMPANY), (TOP, PLAN_B, ANOTHER_PLAN)]
    plans += [(region, PLAN_A, OF_A_REGION) for region in regions]
    return {
        "estimates": _estimates([(unit, scheme) for unit, scheme, _ in plans], ym, since),
        "estimate_inputs": _inputs([(unit, scheme, one) for unit, scheme, given in plans for one in given], ym, since),
        "inventory_lines": _inventory(timeline, pipeline, ym, since),
    }


def _of_plans(plans: list[tuple[int, int]], ym: int, since: int) -> dict[str, Any]:
    return {
        "unit_id": [unit for unit, _ in plans],
        "ym": [ym] * len(plans),
        "measure_id": [CONTRACT] * len(plans),
        "scheme": [scheme for _, scheme in plans],
        "from_day": [since] * len(plans),
        "to_day": [FAR_DAY] * len(plans),
    }


def _estimates(plans: list[tuple[int, int]], ym: int, since: int) -> Frame:
    nothing = np.array([None] * len(plans), dtype=object)
    tiers = dict.fromkeys(("floor", "target", "stretch"), nothing)
    columns = _of_plans(plans, ym, since) | {"state": [0] * len(plans)} | tiers
    return framed(columns, reason=[""] * len(plans))


def _inputs(given: list[tuple[int, int, Given]], ym: int, since: int) -> Frame:
    kinds = [BY_CODE[one[0]] for _, _, one in given]
    values: dict[str, Any] = {
        name: np.array(
            [one[2] if kind.column == name else None for kind, (_, _, one) in zip(kinds, given, strict=True)],
            dtype=object,
        )
        for name in ("amount", "rate_bp", "number")
    }
    columns = _of_plans([(unit, scheme) for unit, scheme, _ in given], ym, since) | {
        "input": [kind.number for kind in kinds],
        "line": [one[1] for _, _, one in given],
        "sourced": [int(bool(one[3])) for _, _, one in given],
        **values,
    }
    return framed(columns, source=[one[3] for _, _, one in given])


def _inventory(timeline: Timeline, pipeline: Pipeline, ym: int, since: int) -> Frame:
    worth = np.where(pipeline.lives.closed == FAR_DAY, pipeline.amounts.worth[:, 0], 0)
    deals = np.sort(np.argsort(-worth, kind="stable")[:LARGEST])
    owners = pipeline.owners.on(np.full(len(pipeline), timeline.as_of))
    rows = list(_lines(deals, worth))
    at = np.array([deal for deal, *_ in rows], dtype=np.int64)
    lines = np.arange(1, len(rows) + 1)
    kind = np.array([NUMBER_OF_KIND[code] for _, code, *_ in rows])
    verdict = np.array([NUMBER_OF_VERDICT[_verdict(number)] for number in lines.tolist()])
    amount = np.array([value for *_, value in rows], dtype=np.int64)
    reduced = verdict == NUMBER_OF_VERDICT["reduced"]
    return framed(
        {
            "inventory_id": lines,
            "owner_id": owners[at],
            "ym": np.full(len(rows), ym),
            "customer_id": missing_where(lines % 17 == 0, pipeline.customer[at]),
            "deal_id": missing_where(kind != NUMBER_OF_KIND["named"], at + 1),
            "kind": kind,
            "amount": amount,
            "win_bp": np.array([win for _, _, win, _, _ in rows]),
            "in_year_bp": np.array([part for _, _, _, part, _ in rows]),
            "verdict": verdict,
            "verdict_amount": missing_where(~reduced, amount * 8 // 10),
            "from_day": np.maximum(pipeline.lives.created[at], since),
            "to_day": np.full(len(rows), FAR_DAY),
        },
        code=[f"PD{number:04d}" for number in lines.tolist()],
        name=[NAMES[code] for _, code, *_ in rows],
        comment=[COMMENTS[_verdict(number)] for number in lines.tolist()],
    )


NAMES = {"named": "来年签约的商机", "renewal": "维保续约", "expansion": "产线扩展"}
COMMENTS = {"open": "", "accepted": "认可", "reduced": "客户预算只批了八成", "rejected": "项目已推到后年"}


def _verdict(number: int) -> str:
    """Return what became of a line: most are looked at, a few not yet."""
    return ("accepted", "accepted", "reduced", "accepted", "open", "accepted", "rejected")[number % 7]


def _lines(deals: IntArray, worth: IntArray) -> Iterator[tuple[int, str, int, int, int]]:
    """Yield deal, kind, probability, in-year share and amount of each line."""
    for rank, deal in enumerate(deals.tolist()):
        yield deal, "named", 3_000 + 1_000 * (rank % 4), 10_000 - 2_500 * (rank % 2), int(worth[deal])
    for rank, deal in enumerate(deals.tolist()[:RENEWALS]):
        kind, win = ("renewal", 9_500) if rank % 2 else ("expansion", 6_000)
        yield deal, kind, win, 10_000, int(worth[deal]) // 5 // 100 * 100
