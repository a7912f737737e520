"""A plan in the shape of another system (方案导出为别的系统的表): twelve months a row, or one quota a month."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

from dacheng.core.errors import RuleError, Text
from dacheng.core.period import MONTHS_PER_YEAR, ym_text
from dacheng.core.plans.schema import PERSON, UNIT
from dacheng.exchange.plan_twelve_months import ENGLISH
from dacheng.exchange.writing import OutColumn, write_csv
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plans import OpenPlan
from dacheng.store.company import company_setting

EXPORTS = (
    ("yudao", Text("十二个月表（芋道）", "Twelve months (Yudao)")),
    ("salesforce", Text("Salesforce ForecastingQuota", "Salesforce ForecastingQuota")),
)
"""Shapes that a plan is written in, by code."""

BIZ_TYPES = {"contract": "5", "cash": "7"}
"""Measure -> what 芋道 calls it: 5 = 销售目标, 7 = 回款目标."""

OBJECT_TYPES = {UNIT: "2", PERSON: "3"}


def plan_csv(one: OpenPlan, measure: str, shape: str) -> str:
    """Return one measure of a plan as the csv of another system; only units and people, only months that are set.

    Args:
        measure: its code. shape: a code of ``EXPORTS``.

    Raises:
        RuleError: there is no such shape, or it has no such measure.
    """
    writers: Mapping[str, Callable[[OpenPlan, str], str]] = {"yudao": _twelve_months, "salesforce": _quotas}
    if shape not in writers:
        codes = "、".join(writers)
        raise RuleError(
            Text(f"不能导出为“{shape}”。", f"A plan is not written as {shape}."),
            Text(f"可选：{codes}。", f"One of: {codes}."),
        )
    return writers[shape](one, measure)


def _twelve_months(one: OpenPlan, measure: str) -> str:
    """Write a row for each unit or person and calendar year."""
    if measure not in BIZ_TYPES:
        raise RuleError(
            Text(f"芋道没有指标“{measure}”的目标。", f"Yudao has no targets of {measure}."),
            Text("导出合同额或回款。", "Export contracts or cash."),
        )
    plan, names = one.sheet.plan, _names(one)
    rows: list[Sequence[str | int | None]] = []
    for year in range(plan.from_ym // MONTHS_PER_YEAR, (plan.until_ym - 1) // MONTHS_PER_YEAR + 1):
        for at, whose in names.items():
            months = [_amount(one, at, MONTHS_PER_YEAR * year + month) for month in range(MONTHS_PER_YEAR)]
            known = [each for each in months if each is not None]
            if known:
                kind = OBJECT_TYPES[int(one.sheet.kind[at])]
                rows.append([whose.code, whose.name, kind, str(year), BIZ_TYPES[measure], *months, sum(known)])
    titles = ["objectId", "objectName", "objectType", "year", "bizType"]
    money = [f"{month}TargetPrice" for month in (*ENGLISH, "year")]
    return _csv([*map(OutColumn, titles), *(OutColumn(title, "money") for title in money)], rows)


def _quotas(one: OpenPlan, measure: str) -> str:
    """Write a row for each person and month; what units have is what their people add up to, and not written."""
    plan, currency = one.sheet.plan, company_setting().currency
    rows = [
        [whose.code, amount, currency, f"{ym_text(ym)}-01", "", ""]
        for at, whose in _names(one).items()
        if int(one.sheet.kind[at]) == PERSON
        for ym in range(plan.from_ym, plan.until_ym)
        if (amount := _amount(one, at, ym)) is not None
    ]
    titles = ("CurrencyIsoCode", "StartDate", "ForecastingTypeId", "ProductFamily")
    columns = [OutColumn("QuotaOwnerId"), OutColumn("QuotaAmount", "money"), *map(OutColumn, titles)]
    return _csv(columns, rows)


def _names(one: OpenPlan) -> dict[int, Name]:
    """Return the unit or the person of each row that is one's own, by position."""
    sheet = one.sheet
    units = DatabaseNames().names("units", set(sheet.unit_id.tolist()))
    people = DatabaseNames().names("people", set(sheet.person_id.tolist()))
    found: dict[int, Name] = {}
    for at in range(1 if sheet.shared_top else 0, len(sheet)):
        kind = int(sheet.kind[at])
        its = units.get(int(sheet.unit_id[at])) if kind == UNIT else people.get(int(sheet.person_id[at]))
        if kind in OBJECT_TYPES and its is not None:
            found[at] = its
    return found


def _amount(one: OpenPlan, at: int, ym: int) -> int | None:
    month, cells = ym - one.sheet.plan.from_ym, one.sheet.cells.amount
    if not 0 <= month < one.sheet.plan.months or not cells.known[at, month]:
        return None
    return int(cells.value[at, month])


def _csv(columns: Sequence[OutColumn], rows: Sequence[Sequence[str | int | None]]) -> str:
    stream = io.StringIO(newline="")
    write_csv(columns, rows, stream, mark=True)
    return stream.getvalue()
