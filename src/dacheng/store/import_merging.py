"""Our own export comes back: what was changed in the file, here, or in both (三方合并).

An exported workbook names the version of the data that it shows. What the file still says as
it was exported is no news; what only the file changed is taken; what only changed here stays;
what both changed stays as it is here and is told with all three values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from dacheng.core.errors import Finding, Text
from dacheng.core.facts import standing as values_on
from dacheng.core.money import to_decimal
from dacheng.core.period import FAR_DAY, date_of, ym_text
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.core.staging import Base, Staged
from dacheng.store.bulk import among, select_rows
from dacheng.store.standing import Columns, Standing, current_versions, named, record_table

Told = Mapping[int, tuple[Staged, Columns]]
"""Number of a record -> its row and everything that the row says."""


def news_of(
    relation: Relation, told: Told, found: Mapping[int, Standing], base: Base, day: int, findings: list[Finding]
) -> dict[int, Columns]:
    """Return, for each record that stood when the file was exported, what only the file changed.

    Args:
        base: the version of the data that the file shows; day: of the import.
        findings: grows by what was changed on both sides.
    """
    known = current_versions(relation, [found[number].key for number in told], known_at=base.seq)
    labels = _labels_then(relation, found, told, base.seq)
    news: dict[int, Columns] = {}
    for number, (row, says) in told.items():
        record = found[number]
        versions = known[record.key]
        if not versions:
            continue
        then = {**named(relation, values_on(versions, base.day)), **labels[number]}
        now = {**record.row, **record.on(relation, day)}
        news[number] = {}
        for name, value in says.items():
            if name not in then or value == then[name]:
                continue
            if now.get(name) in (then[name], value):
                news[number][name] = value
            else:
                findings.append(_both_changed(relation.column(name), row, (then[name], now.get(name), value)))
    return news


def _labels_then(
    relation: Relation, found: Mapping[int, Standing], numbers: Iterable[int], seq: int
) -> dict[int, Columns]:
    """Return the texts of records as they were: today's, less what the log changed since."""
    names = [one.name for one in relation.labels]
    then = {number: {name: found[number].row[name] for name in names} for number in numbers}
    conditions = [("relation = %s", relation.name), ("seq > %s", seq), among("record_id", then)]
    for number, before in select_rows("log_change", ["record_id", "before"], conditions, order=("seq", "position")):
        changed = json.loads(before) if before else {}
        for name in names:
            if isinstance(changed, dict) and isinstance(changed.get(name), str):
                then[number].setdefault(f"{name} then", changed[name])
    return {number: {name: texts.get(f"{name} then", texts[name]) for name in names} for number, texts in then.items()}


def _both_changed(column: Column, row: Staged, values: tuple[Any, Any, Any]) -> Finding:
    then, now, told = (_shown(column, value) for value in values)
    return Finding(
        "import/both-changed",
        Text(
            f"{row.code} 的{column.label.zh}两边都改了：导出时 {then}，这里现在 {now}，文件里 {told}。",
            f"{row.code}: {column.label.en} changed on both sides: {then} when exported, {now} here, {told} there.",
        ),
        Text(
            "保留这里的值；要用文件里的，请在页面上改。",
            "The value here stays; change it on its page if the file is right.",
        ),
        "warn",
        row.sheet,
        row.row,
        column.label.zh,
        told,
    )


def _shown(column: Column, value: Any) -> str:
    if value in (None, "") or (column.kind == "day" and value == FAR_DAY):
        return "—"
    if column.kind == "money":
        return f"{to_decimal(value):,}"
    if column.kind == "day":
        return date_of(value).isoformat()
    if column.kind == "ref":
        return _name_of(column.ref, value)
    if column.kind == "choice":
        return next((code for number, code, _ in column.choices if number == value), str(value))
    return ym_text(value) if column.kind == "ym" else str(value)


def _name_of(relation: str, number: int) -> str:
    names = [name for name in ("name", "code") if name in {one.name for one in RELATIONS[relation].labels}]
    rows = select_rows(record_table(relation), names, [among("id", [number])])
    return str(rows[0][0]) if rows else str(number)
