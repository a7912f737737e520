"""The tab of drivers of an estimate's page: three years, what is typed, what each must be, what each changed (R022)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.estimates.driver_changes import changes_between, last_told_side, target_side
from dacheng.core.estimates.driver_table import NEEDED, PLAN, table_of_drivers
from dacheng.core.table import Table
from dacheng.core.targets.setting.drivers import CUSTOMERS, FACTORS, GROUPS, TICKET
from dacheng.web import figures
from dacheng.web.estimate_columns import said
from dacheng.web.estimate_fields import Page, input_field
from dacheng.web.links import report_url

INPUT_OF = ("buyers", "ticket", "repeat")
"""The input of each driver, in the order of ``FACTORS``."""


def drivers_context(page: Page) -> dict[str, Any]:
    """Return both tables of the tab, with the fields of the drivers that are planned."""
    table = table_of_drivers(page.view.found)
    there = {int(number): row for row, number in enumerate(table.values["set"].tolist())}
    past = [row for number, row in sorted(there.items()) if number < PLAN]
    heads = [_year_head(page, int(table.values["year"][row])) for row in past]
    return {
        "driver_heads": [*heads, _("目标的驱动"), _("其余不变时要到")],
        "driver_rows": [*_rows(page, table, past, there.get(NEEDED)), *_sums(page, table, past, there[PLAN])],
        "driver_notes": [said(page, one) for one in table.notes],
        "changes": _changes(page),
        "changes_url": _report(page, "targets/driver_changes"),
        "drivers_url": _report(page, "targets/drivers"),
    }


def _year_head(page: Page, year: int) -> str:
    past = page.view.found.material.past
    open_year = page.view.asked.number - 1 if past.forecast else 0
    return _("%(year)s 至今") % {"year": year} if year == open_year else str(year)


def _rows(page: Page, table: Table, past: list[int], needed: int | None) -> Iterator[dict[str, Any]]:
    """Yield a row for each driver: what the years say, the field, and what it must be."""
    for line, (group, _of) in enumerate(GROUPS, 1):
        for (factor, _label), code in zip(FACTORS, INPUT_OF, strict=True):
            field = input_field(page, code, line)
            yield {
                "label": field["label"],
                "cells": [_text(page, table, group, factor, row) for row in past],
                "field": field,
                "needed": figures.MISSING if needed is None else _text(page, table, group, factor, needed),
            }


def _text(page: Page, table: Table, group: str, factor: str, row: int) -> str:
    """Return a driver as it is read: purchases as the repeat purchases that are typed."""
    value = table.cell(f"{group}_{factor}", row)
    if value is None:
        return figures.MISSING
    if factor == TICKET:
        return figures.money(int(value), page.unit)
    return figures.count(int(value)) if factor == CUSTOMERS else figures.ratio(float(value) - 1)


def _sums(page: Page, table: Table, past: list[int], plan: int) -> Iterator[dict[str, Any]]:
    for name, label in (("amount", _("驱动之积")), ("wanted", _("业绩或目标")), ("gap", _("差"))):
        cells = [_money(page, table, name, row) for row in (*past, plan)]
        yield {"label": label, "cells": cells[:-1], "text": cells[-1], "needed": ""}


def _money(page: Page, table: Table, name: str, row: int) -> str:
    value = table.cell(name, row)
    if value is None:
        return figures.MISSING
    return figures.money_delta(int(value), page.unit) if name == "gap" else figures.money(int(value), page.unit)


def _changes(page: Page) -> dict[str, Any] | None:
    """Return what each driver changes from the latest year that is told to the target; None where there is none."""
    material = page.view.found.material
    before = last_told_side(material)
    if before is None:
        return None
    table = changes_between(before, target_side(material))
    heads = ("driver", "chain", "shapley")
    columns = [
        {"key": "driver", "label": table.column("driver").label.in_language(page.language), "first": True},
        {"key": "before", "label": _("前"), "align": "num"},
        {"key": "after", "label": _("后"), "align": "num"},
        *(
            {
                "key": name,
                "label": table.column(name).label.in_language(page.language),
                "help": table.column(name).help.in_language(page.language),
                "align": "num",
            }
            for name in heads[1:]
        ),
    ]
    rows = [{"id": f"change-{row}", "cells": _change(page, table, row)} for row in range(len(table))]
    total = None
    if rows:
        sums = [figures.money_delta(int(table.totals[name] or 0), page.unit) for name in heads[1:]]
        total = {"cells": [{"text": _("差异")}, {"text": ""}, {"text": ""}, *({"text": one} for one in sums)]}
    notes = [said(page, one) for one in table.notes]
    return {"title": _("每个驱动带来多少差异"), "columns": columns, "rows": rows, "total": total, "notes": notes}


def _change(page: Page, table: Table, row: int) -> list[dict[str, Any]]:
    number = int(table.values["driver"][row])
    line, at = divmod(number - 1, len(FACTORS))
    factor = FACTORS[at][0]
    label = input_field(page, INPUT_OF[at], line + 1)["label"]
    sides = []
    for side in ("from", "to"):
        value = table.cell(f"{side}_{'amount' if factor == TICKET else 'number'}", row)
        sides.append({"text": _side(page, factor, value)})
    parts = [{"text": figures.money_delta(int(table.cell(name, row) or 0), page.unit)} for name in ("chain", "shapley")]
    return [{"text": label}, *sides, *parts]


def _side(page: Page, factor: str, value: float | None) -> str:
    if value is None:
        return figures.MISSING
    if factor == TICKET:
        return figures.money(int(value), page.unit)
    return figures.count(int(value)) if factor == CUSTOMERS else figures.ratio(value - 1)


def _report(page: Page, name: str) -> str:
    view = page.view
    return report_url(name, [("unit", view.unit.code), ("period", str(view.asked.number)), ("scheme", view.scheme)])
