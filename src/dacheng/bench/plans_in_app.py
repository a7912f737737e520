"""Goal 8 in the app: 5,000 people × 48 cells in a database, broken down, opened, edited and saved with their log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from uuid import UUID

import numpy as np

from dacheng.bench import planning
from dacheng.bench.measuring import Line, interleaved, milliseconds, peak_megabytes
from dacheng.bench.months import SEASON
from dacheng.core.access import SALES_OPS, SYSTEM, Viewer
from dacheng.core.company import Company, Frame
from dacheng.core.period import ym_at
from dacheng.core.plans.proving import sums_of
from dacheng.exchange.defaults import always
from dacheng.service.books import open_database
from dacheng.service.people import viewer_now
from dacheng.service.plan_drafts import AMOUNT, PlanEdit, preview, save_draft
from dacheng.service.plan_grid import PlanGrid, plan_grid
from dacheng.service.plans import break_down, measure_named, open_plan
from dacheng.service.setting_up import TOP, migrate, new_company
from dacheng.store.actions.company import install_company
from dacheng.store.actions.plan_undo import entry_of_save, undo_plan_cells
from dacheng.store.actions.plans import create_plan
from dacheng.store.actions.targets import create_measure
from dacheng.store.history import microseconds
from dacheng.store.standing import ids_of_codes, standing

PLANNER, TOTAL = 1, 10**12
FOURTH = "orders"
CODES = ("contract", "margin", "cash", FOURTH)
PASTED = 10
"""People, and months of each, in a paste of 100 cells."""

PROCESS = """
import json, sys
from datetime import datetime
from dacheng.conf.main import use_database
use_database(sys.argv[1])
from dacheng.bench.plans_in_app import measured
print(json.dumps(measured(datetime.fromisoformat(sys.argv[2]), *json.loads(sys.argv[3]))))
"""


def in_app(
    databases: Mapping[str, str],
    at: datetime,
    people: int = planning.PEOPLE,
    levels: tuple[int, ...] = planning.LEVELS,
) -> Iterator[Line]:
    """Measure goal 8 in empty databases, each in a process of its own.

    Args:
        databases: how a database is called -> its URL. levels: how many units stand below each of the level above.
    """
    for name, url in databases.items():
        command = [sys.executable, "-c", PROCESS, url, at.isoformat(), json.dumps([people, levels])]
        told = subprocess.run(command, check=True, env=os.environ, stdout=subprocess.PIPE).stdout
        found = json.loads(told)
        yield Line(
            "8",
            f"in the app, {name}: one cell saved with all that follows and the log",
            f"{people:,} people × {len(SEASON) * len(CODES)} cells",
            f"{milliseconds(found['save'])}, {found['memory']} MB",
            "–",
            "–",
            "< 1 s",
            f"{name}: the grid opens in {milliseconds(found['open'])}, a preview takes "
            f"{milliseconds(found['preview'])}, a paste of {PASTED**2} cells {milliseconds(found['paste'])}, "
            f"its undo {milliseconds(found['undo'])}; {found['cells']:,} cells broken down and saved in "
            f"{found['broken'] / 1000:.1f} s",
        )


def measured(at: datetime, people: int, levels: tuple[int, ...]) -> dict[str, float]:
    """Make a company with its plan in the default database; return the milliseconds of what is done to it.

    Raises:
        AssertionError: a sum is broken afterwards.
    """
    migrate()
    install_company(actor=SYSTEM, at=at, company=company(people, levels))
    create_measure(actor=SYSTEM, at=at, values={"code": FOURTH, "name": "新签", "basis": 1})
    desk = Desk.of(at)
    begun = time.perf_counter()
    cells = sum(desk.break_down(code) for code in CODES)
    broken = (time.perf_counter() - begun) * 1000
    found = interleaved({name: getattr(desk, name) for name in ("open", "preview", "save", "paste", "undo")})
    desk.prove()
    return {**found, "broken": broken, "cells": cells, "memory": peak_megabytes()}


def company(people: int, levels: tuple[int, ...]) -> Company:
    """Return a company of units and people without roles, who all sell, and one who plans for them."""
    drawn = planning.Company.drawn(people, tuple(levels)).tree
    units = np.flatnonzero(drawn.ends > np.arange(len(drawn)) + 1)
    homes = drawn.parent_position[np.setdiff1d(np.arange(len(drawn)), units)]
    number = {int(at): one for one, at in enumerate(units.tolist(), 1)}
    codes = [TOP, *(f"U{one:04d}" for one in number.values() if one > 1)]
    staff = ["planner", *(f"P{one:05d}" for one in range(1, len(homes) + 1))]
    new = new_company("量化公司", "CNY", code=TOP, last_year=2030, stages=None)
    frames = {
        "units": always(
            {
                "unit_id": list(number.values()),
                "parent_id": [number.get(int(drawn.parent_position[at]), 0) for at in units],
                "closed": [0] * len(units),
            },
            {"code": codes, "name": codes},
        ),
        "people": _people(staff),
        "assignments": always(
            {"person_id": list(range(1, len(staff) + 1)), "unit_id": [1, *(number[int(at)] for at in homes)]}, {}
        ),
        "roles": always({"person_id": [PLANNER], "role": [SALES_OPS], "unit_id": [1]}, {}),
    }
    return Company(new.name, new.currency, {**new.frames, **frames})


def _people(codes: list[str]) -> Frame:
    columns = {"person_id": list(range(1, len(codes) + 1)), "left": [0] * len(codes), "fte_bp": [10_000] * len(codes)}
    return always(columns, {"code": codes, "name": codes, "email": [""] * len(codes)})


@dataclass
class Desk:
    """Somebody who plans for everybody, as the pages do it: each step opens its own Book.

    Args:
        at: the moment of the last step. pasted: the name outside of the last paste.
    """

    viewer: Viewer
    at: datetime
    plan: UUID
    pasted: str = ""
    amounts: Iterator[int] = field(default_factory=lambda: count(1_000_00, 7))

    @classmethod
    def of(cls, at: datetime) -> Desk:
        """Draw the plan of the whole company for the year after."""
        viewer = viewer_now(PLANNER, at)
        top = next(iter(standing("units", ids_of_codes("units", [TOP]).values()).values()))
        first = ym_at(at.year + 1, 1)
        values = {"name": "下年目标", "unit_id": top.uid, "from_ym": first, "until_ym": first + len(SEASON)}
        return cls(viewer, at, create_plan(actor=viewer, at=at, values=values).uid)

    def break_down(self, code: str) -> int:
        """Break a total down to every row and month; return how many cells were written."""
        return break_down(self.viewer, self._now(), self.plan, measure_named(code), TOTAL, SEASON).written

    @cached_property
    def team(self) -> str:
        """Return the key of the team of the last person."""
        grid = self.open()
        return grid.keys[int(grid.sheet.tree.parent_position[-1])]

    def open(self, row: str = "") -> PlanGrid:
        """Open the grid, whole or from a row on."""
        return plan_grid(self.viewer, open_database(self.viewer, at=self.at), self.plan, row=row)

    def preview(self) -> None:
        """Look at what one cell of a team would change."""
        grid = self.open(self.team)
        preview(grid, self._typed(grid, 1))

    def save(self) -> None:
        """Save one cell of a team."""
        grid = self.open(self.team)
        save_draft(self.viewer, self._now(), grid, self._typed(grid, 1))

    def paste(self) -> None:
        """Save many cells of a team at once."""
        grid = self.open(self.team)
        save_draft(self.viewer, self._now(), grid, self._typed(grid, PASTED))
        self.pasted = entry_of_save(self.viewer, microseconds(self.at))

    def undo(self) -> None:
        """Take the last paste back."""
        undo_plan_cells(actor=self.viewer, at=self._now(), uid=self.plan, entry_hash=self.pasted)

    def prove(self) -> None:
        """Add every sum of every measure up anew."""
        book = open_database(self.viewer, at=self.at)
        if any(sums_of(open_plan(book, self.plan, measure_named(code)).sheet).broken for code in CODES):
            raise AssertionError("plan in the app: a sum is not true")

    def _typed(self, grid: PlanGrid, square: int) -> list[PlanEdit]:
        """Return new amounts of some people of a team in as many months."""
        first = grid.sheet.plan.from_ym
        return [
            PlanEdit(grid.keys[row], month, AMOUNT, next(self.amounts), grid.version(row, first + month))
            for row in grid.positions[1:][-square:]
            for month in range(square)
        ]

    def _now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at
