"""The one company of the database.

Its name, currency and time zone are read once and remembered until a request or a write
begins: many places of one page ask for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.signals import request_started
from django.db import DatabaseError, connection

from dacheng.core.errors import RuleError, Text
from dacheng.store.bulk import fetch_rows
from dacheng.store.models import CompanySetting

_remembered: dict[str, CompanySetting] = {}


def company_setting() -> CompanySetting:
    """Return the company's setting; an unsaved one with defaults before there is a company.

    Raises:
        RuleError: the database has no tables: nobody has set it up, or its address names another one.
    """
    database = str(connection.settings_dict["NAME"])
    if database not in _remembered:
        try:
            found = CompanySetting.objects.filter(pk=1).first()
        except DatabaseError as problem:
            _refuse_bare(problem)
            raise
        if found is None:
            return CompanySetting(name="")
        _remembered[database] = found
    return _remembered[database]


def company_with(
    table: str, columns: Sequence[str], met: str, params: Sequence[Any]
) -> tuple[CompanySetting, list[tuple[Any, ...]]]:
    """Return the company's setting, read anew, and some rows of a table with it: one query, one moment.

    Args:
        columns: the first of them is never null.
        met: a condition on columns named with their table.
    """
    own = [field.column for field in CompanySetting._meta.fields]
    names = ", ".join([*(f"company.{name}" for name in own), *(f"{table}.{name}" for name in columns)])
    joined = f"(SELECT 1 AS one) AS always LEFT JOIN company ON company.id = 1 LEFT JOIN {table} ON {met}"
    rows = fetch_rows(f"SELECT {names} FROM {joined}", params)
    if rows[0][0] is not None:
        _remembered[str(connection.settings_dict["NAME"])] = CompanySetting(*rows[0][: len(own)])
    return company_setting(), [row[len(own) :] for row in rows if row[len(own)] is not None]


def _refuse_bare(problem: DatabaseError) -> None:
    """Say of a question that failed for want of tables that the database is not set up."""
    if connection.in_atomic_block or CompanySetting._meta.db_table in connection.introspection.table_names():
        return
    raise RuleError(
        Text("这个数据库还没有建好，里面没有表。", "This database is not set up: it has no tables."),
        Text(
            "请检查 --db 或 DATABASE_URL 的地址；新的数据库先运行 dacheng init 或 dacheng import。",
            "Check the address of --db or DATABASE_URL; a new database begins with dacheng init or dacheng import.",
        ),
    ) from problem


def has_company() -> bool:
    """Tell whether the database holds a company."""
    return CompanySetting.objects.exists()


def forget_company(**_signal: Any) -> None:
    """Forget what is remembered, so that the next question reads it."""
    _remembered.clear()


request_started.connect(forget_company)
