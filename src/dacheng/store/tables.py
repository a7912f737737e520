"""The database as plain tables: what a backup carries, alike from SQLite and PostgreSQL.

Every model of the store is in it, so a new one is carried from the day it is made. What is left out is said here:
ways in, because a file that lies about must not let anybody act as somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model

from dacheng.core.backup import Kind, Row, Shape
from dacheng.core.errors import RuleError, Text
from dacheng.store.bulk import fetch_rows, insert_rows
from dacheng.store.history import canonical
from dacheng.store.models import Account, ApiToken, Chain, Job, SignInLink

APP = "store"
WAYS_IN = {SignInLink._meta.db_table, ApiToken._meta.db_table}
"""One-time links and tokens. Sessions are no table of the store."""

LEFT_OUT = WAYS_IN | {Job._meta.db_table}
"""Tables that a backup leaves out: ways in, and jobs, whose files stay on the machine that made them."""

NO_PASSWORD = "!"  # what Django takes for a password that nothing matches
INSTEAD: dict[tuple[str, str], Any] = {
    (Account._meta.db_table, "password"): NO_PASSWORD,
    (Account._meta.db_table, "last_login"): None,
}
"""Columns that a backup leaves out, and what a restored row holds."""

ROWS_AT_ONCE = 20_000

KIND_OF_FIELD: dict[str, Kind] = {
    "AutoField": "number",
    "BigAutoField": "number",
    "SmallIntegerField": "number",
    "IntegerField": "number",
    "BigIntegerField": "number",
    "PositiveSmallIntegerField": "number",
    "PositiveIntegerField": "number",
    "PositiveBigIntegerField": "number",
    "CharField": "text",
    "SlugField": "text",
    "TextField": "text",
    "EmailField": "text",
    "BooleanField": "flag",
    "UUIDField": "uid",
    "JSONField": "json",
}


def shapes() -> list[Shape]:
    """Return every table that a backup carries, by name."""
    carried = (model for model in models() if model._meta.db_table not in LEFT_OUT)
    return sorted(map(_shape, carried), key=lambda shape: shape.name)


def models() -> list[type[Model]]:
    """Return every model of the store."""
    return list(apps.get_app_config(APP).get_models(include_auto_created=True))


@contextmanager
def snapshot() -> Iterator[None]:
    """Read from one moment until the block ends, while others go on writing.

    Not ``atomic()``: on SQLite that would take the lock of writers. Who holds it already reads from one moment.
    """
    if connection.vendor == "sqlite" and connection.in_atomic_block:
        yield
        return
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def rows_of(shape: Shape) -> Iterator[Row]:
    """Return the rows of a table in the order of its primary key."""
    order = ", ".join(f'"{name}"' for name in _key(shape.name))
    readers = {at: READ[kind] for at, kind in enumerate(shape.columns.values()) if kind in READ}
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT {_names(shape.columns)} FROM "{shape.name}" ORDER BY {order}')
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows if not readers else _converted(rows, readers)


def load_rows(shape: Shape, rows: Iterable[Row]) -> int:
    """Insert rows into an empty table; return how many.

    Raises:
        DatabaseError: the database does not take them.
    """
    constants = {name: value for (table, name), value in INSTEAD.items() if table == shape.name}
    count, waiting = 0, iter(rows)
    while chunk := list(islice(waiting, ROWS_AT_ONCE)):
        whole = [(*row, *constants.values()) for row in chunk] if constants else chunk
        insert_rows(shape.name, [*shape.columns, *constants], whole)
        count += len(chunk)
    return count


def clear_start() -> None:
    """Take away what a new database begins with: the head of an empty log."""
    Chain.objects.all().delete()


def settle_numbers() -> None:
    """Let the database give numbers after those that were loaded, and check that every reference leads somewhere.

    Raises:
        DatabaseError: one does not.
    """
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)
    connection.check_constraints()


def refuse_filled_target() -> None:
    """Refuse to restore into a database that holds anything but the tables of a new one.

    Raises:
        RuleError: names what it holds.
    """
    present = set(connection.introspection.table_names())
    if present and "django_migrations" not in present:
        raise _not_empty(Text("其他程序的表", "tables of another program"))
    for shape in shapes():
        if shape.name in present and shape.name != Chain._meta.db_table and _has_rows(shape.name):
            raise _not_empty(Text(f"表 {shape.name} 里的数据", f"rows in the table {shape.name}"))


def fits(shape: Shape) -> bool:
    """Tell whether the database has a table with exactly these columns, beside those that a backup leaves out."""
    with connection.cursor() as cursor:
        if shape.name not in connection.introspection.table_names(cursor):
            return False
        present = {column.name for column in connection.introspection.get_table_description(cursor, shape.name)}
    return present == shape.columns.keys() | {name for table, name in INSTEAD if table == shape.name}


def migrations_applied() -> tuple[str, ...]:
    """Return the migrations that made the tables of this database, in order; empty for a new database."""
    loader = MigrationLoader(connection)
    return tuple(sorted(name for app, name in loader.applied_migrations if app == APP))


def migrations_known() -> tuple[str, ...]:
    """Return the migrations that this Dacheng knows, in order."""
    loader = MigrationLoader(None)
    return tuple(sorted(name for app, name in loader.disk_migrations if app == APP))


def head_of_log() -> tuple[int, str, int]:
    """Return sequence, hash and moment (microseconds UTC) of the last entry; zeros before the first."""
    (row,) = fetch_rows("SELECT c.seq, c.hash, l.at FROM chain c LEFT JOIN log l ON l.seq = c.seq WHERE c.id = 1")
    return row[0], row[1], row[2] or 0


def _hex(stored: UUID | str | None) -> str | None:
    return stored.hex if isinstance(stored, UUID) else stored and UUID(stored).hex


def _canonical(stored: str | None) -> str | None:
    return None if stored is None else canonical(json.loads(stored))


READ: dict[Kind, Callable[[Any], Any]] = {
    "flag": lambda stored: None if stored is None else bool(stored),
    "uid": _hex,
    "json": _canonical,
}
"""Kind -> what the databases hand out differently, as a backup holds it."""


def _converted(rows: Iterable[Row], converters: dict[int, Callable[[Any], Any]]) -> Iterator[Row]:
    for row in rows:
        values = list(row)
        for at, convert in converters.items():
            values[at] = convert(values[at])
        yield tuple(values)


def _shape(model: type[Model]) -> Shape:
    table = model._meta.db_table
    carried = [field for field in model._meta.local_concrete_fields if (table, field.column) not in INSTEAD]
    return Shape(table, {str(field.column): kind_of(field) for field in carried if field.column})


def kind_of(field: Field[Any, Any]) -> Kind:
    """Return what a column holds; a reference holds what it refers to."""
    target = field
    while target.is_relation:
        target = target.target_field
    return KIND_OF_FIELD[target.get_internal_type()]


def _key(table: str) -> list[str]:
    (model,) = (one for one in models() if one._meta.db_table == table)
    return [field.column for field in model._meta.pk_fields]


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _has_rows(table: str) -> bool:
    return bool(fetch_rows(f'SELECT 1 FROM "{table}" LIMIT 1'))


def _not_empty(what: Text) -> RuleError:
    return RuleError(
        Text(f"目标数据库不是空的：里面有{what.zh}。", f"The target database is not empty: it holds {what.en}."),
        Text(
            "没有写入任何数据。恢复只进空库：换一个新的数据库。",
            "Nothing was written. A restore goes into an empty database: name a new one.",
        ),
    )
