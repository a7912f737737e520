"""Where records that were merged away lead to (合并的去向): followed by addresses, codes of files and filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from dacheng.store.bulk import among, select_rows
from dacheng.store.identity import stored_uid
from dacheng.store.standing import record_table

MERGED = ("customers", "deals")
"""Relations whose records can be merged."""

LONGEST_CHAIN = 50
"""Merges that may follow each other; codes are unique, so this is never reached by a chain without a circle."""


def successors(name: str, ids: Collection[int]) -> dict[int, int]:
    """Return the records that stay for those of some records that were merged away."""
    found = dict(zip(ids, ids, strict=True)) if name in MERGED else {}
    for _ in range(LONGEST_CHAIN):
        step = _next(name, found.values()) if found else {}
        if not step:
            break
        found = {one: step.get(last, last) for one, last in found.items()}
    return {one: last for one, last in found.items() if one != last}


def followed(name: str, numbers: Mapping[str, int]) -> dict[str, int]:
    """Return code -> number, where a record was merged away the number of the one that stays."""
    moved = successors(name, set(numbers.values()))
    return {code: moved.get(number, number) for code, number in numbers.items()}


def leads_to(name: str, uid: UUID) -> UUID | None:
    """Return the public id of the record that stays for one that was merged away; None where none was."""
    rows = select_rows(record_table(name), ["id"], [among("uid", [uid])]) if name in MERGED else []
    stays = successors(name, [rows[0][0]]) if rows else {}
    if not stays:
        return None
    (last,) = stays.values()
    return stored_uid(select_rows(record_table(name), ["uid"], [among("id", [last])])[0][0])


def merged_into(name: str, code: str) -> list[int]:
    """Return the records that were merged into the one with a code, those merged into them included."""
    found: list[int] = []
    codes = [code]
    while codes:
        rows = select_rows(
            record_table(name), ["id", "code"], [among("merged_into", codes), ("merged_into > ''", None)], order=("id",)
        )
        codes = [own for number, own in rows if number not in found]
        found += [number for number, _ in rows if number not in found]
    return found


def _next(name: str, ids: Iterable[int]) -> dict[int, int]:
    """Return the record right after each merged one."""
    rows = select_rows(record_table(name), ["id", "merged_into"], [among("id", set(ids))])
    into = {number: code for number, code in rows if code}
    if not into:
        return {}
    places = dict(
        select_rows(record_table(name), ["code", "id"], [among("code", set(into.values())), ("NOT removed", None)])
    )
    return {number: places[code] for number, code in into.items() if code in places}
