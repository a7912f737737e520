"""A small invented company, as the tests of the store find it on 15 June 2026.

集团 HQ ─ 华东 EAST ─ 上海组 SH: 李雷 li, 王强 wang
        └ 华南 SOUTH: 赵敏 zhao
Everything holds from 1 January 2026, so that a test can date things before and after.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from dacheng.core.access import ROLE_NUMBER, SYSTEM, Viewer
from dacheng.core.company import Company, Frame
from dacheng.core.period import FAR_DAY, day_of, ym_at
from dacheng.core.schema import RELATIONS
from dacheng.store.access import viewer_of
from dacheng.store.bulk import select_rows
from dacheng.store.history import writing
from dacheng.store.identity import stored_uid
from dacheng.store.loading import load_company
from dacheng.store.models import RECORDS

AT = datetime(2026, 6, 15, 2, tzinfo=UTC)
"""15 June 2026, 10 o'clock in Shanghai."""

START = day_of(date(2026, 1, 1))
TODAY = day_of(date(2026, 6, 15))

ROWS: dict[str, list[dict[str, Any]]] = {
    "units": [
        {"code": "HQ", "name": "集团", "parent_id": ""},
        {"code": "EAST", "name": "华东", "parent_id": "HQ"},
        {"code": "SH", "name": "上海组", "parent_id": "EAST"},
        {"code": "SOUTH", "name": "华南", "parent_id": "HQ"},
    ],
    "people": [
        {"code": code, "name": name}
        for code, name in (
            ("boss", "陈总"),
            ("ops", "周运营"),
            ("admin", "管理员"),
            ("fin", "财务"),
            ("east", "华东经理"),
            ("south", "华南经理"),
            ("li", "李雷"),
            ("wang", "王强"),
            ("zhao", "赵敏"),
        )
    ],
    "assignments": [
        {"person_id": person, "unit_id": unit}
        for person, unit in (
            ("boss", "HQ"),
            ("ops", "HQ"),
            ("admin", "HQ"),
            ("fin", "HQ"),
            ("east", "EAST"),
            ("south", "SOUTH"),
            ("li", "SH"),
            ("wang", "SH"),
            ("zhao", "SOUTH"),
        )
    ],
    "roles": [
        {"person_id": person, "role": ROLE_NUMBER[role], "unit_id": unit}
        for person, role, unit in (
            ("boss", "executive", "HQ"),
            ("ops", "sales_ops", "HQ"),
            ("admin", "admin", "HQ"),
            ("fin", "finance", "HQ"),
            ("east", "manager", "EAST"),
            ("south", "manager", "SOUTH"),
            ("li", "rep", "SH"),
            ("wang", "rep", "SH"),
            ("zhao", "rep", "SOUTH"),
        )
    ],
    "customers": [{"code": "C1", "name": "华能电力"}, {"code": "C2", "name": "鹏城制造"}],
    "products": [{"code": "P1", "name": "云平台", "list_price": 50_000_00}, {"code": "P2", "name": "运维服务"}],
    "stage_sets": [{"code": "S", "name": "标准"}],
    "stages": [
        {"code": "lead", "name": "线索", "set_id": "S", "position": 1, "state": 0, "weight_bp": 1000},
        {"code": "offer", "name": "报价", "set_id": "S", "position": 2, "state": 0, "weight_bp": 5000},
        {"code": "won", "name": "赢单", "set_id": "S", "position": 3, "state": 1, "weight_bp": 10000},
        {"code": "lost", "name": "丢单", "set_id": "S", "position": 4, "state": 2, "weight_bp": 0},
    ],
    "deals": [
        {"code": "D1", "name": "云平台一期", "owner_id": "li", "customer_id": "C1", "amount": 100_000_00},
        {"code": "D2", "name": "运维续约", "owner_id": "wang", "customer_id": "C1", "amount": 20_000_00},
        {"code": "D3", "name": "产线改造", "owner_id": "zhao", "customer_id": "C2", "amount": None},
    ],
    "measures": [{"code": "contract", "name": "合同额"}, {"code": "margin", "name": "毛利", "basis": 2}],
    "factors": [
        {"code": "potential", "name": "潜力：在途商机"},
        {"code": "history", "name": "历史：上一年业绩"},
        {"code": "capacity", "name": "产能：在岗人月"},
    ],
    "targets": [
        {"unit_id": "EAST", "person_id": "", "measure_id": "contract", "ym": ym_at(2026, 6), "amount": 500_000_00},
        {"unit_id": "SH", "person_id": "li", "measure_id": "contract", "ym": ym_at(2026, 6), "amount": 300_000_00},
    ],
}
DEAL = {"stage_id": "lead", "stage_day": START, "state": 0, "created_day": START}


def small_company() -> Company:
    """Return the company as columns with local ids."""
    codes = {name: {row["code"]: at for at, row in enumerate(rows, 1) if "code" in row} for name, rows in ROWS.items()}
    return Company("测试公司", "CNY", {name: _frame(name, rows, codes) for name, rows in ROWS.items()})


def load() -> None:
    """Load the company into the database in use."""
    with writing(SYSTEM, AT - timedelta(days=1), "company.loaded") as entry:
        load_company(entry, small_company())


def _frame(name: str, rows: list[dict[str, Any]], codes: dict[str, dict[str, int]]) -> Frame:
    relation = RELATIONS[name]
    full = [(DEAL if name == "deals" else {}) | row | {"from_day": START, "to_day": FAR_DAY} for row in rows]
    columns: dict[str, list[int | None]] = {"from_day": [START] * len(full), "to_day": [FAR_DAY] * len(full)}
    for column in relation.facts:
        if relation.entity and column.name == relation.key[0]:
            columns[column.name] = list(range(1, len(full) + 1))
            continue
        values = [row.get(column.name, column.default) for row in full]
        if column.ref:
            values = [codes.get(column.ref, {}).get(value, column.default or None) for value in values]
            values = [0 if value is None and column.default == 0 else value for value in values]
        columns[column.name] = values
    labels = {column.name: [row.get(column.name, "") for row in full] for column in relation.labels}
    return Frame(columns, labels)


def uid(relation: str, code: str) -> UUID:
    """Return the public id of the record with a code."""
    return stored_uid(RECORDS[relation].objects.values_list("uid", flat=True).get(code=code, removed=False))


def number(relation: str, code: str) -> int:
    """Return the id of the record with a code."""
    return int(RECORDS[relation].objects.values_list("id", flat=True).get(code=code, removed=False))


def actor(code: str) -> Viewer:
    """Return a person as the one who acts, with the roles of 15 June 2026."""
    return viewer_of(number("people", code), TODAY)


def on(month: int, day: int, year: int = 2026) -> int:
    """Return a day of 2026."""
    return day_of(date(year, month, day))


def month(number_of_month: int, year: int = 2026) -> int:
    """Return a month of 2026."""
    return ym_at(year, number_of_month)


def facts(relation: str, code_or_id: str | int) -> list[dict[str, Any]]:
    """Return the current versions of a record by day, with their days."""
    described = RELATIONS[relation]
    names = [column.name for column in described.values]
    record_id = code_or_id if isinstance(code_or_id, int) else number(relation, code_or_id)
    conditions = [(f"{described.key[0]} = {record_id} AND seq_to = {2**62}", None)]
    rows = select_rows(f"fact_{relation}", ["from_day", "to_day", *names], conditions, order=("from_day",))
    return [dict(zip(("from_day", "to_day", *names), row, strict=True)) for row in rows]


def record(relation: str, code: str) -> Any:
    """Return the record with a code."""
    return RECORDS[relation].objects.get(code=code, removed=False)
