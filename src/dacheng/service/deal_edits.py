"""Many opportunities in one step: which ones, what would become of them, and its effect on the units' sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, Viewer
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.deals.effects import UnitEffect, effects_by_unit
from dacheng.core.deals.schema import DEALS, OPEN, WHOLE_BP
from dacheng.core.deals.splitting import Shares, is_shared, on_day
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import percent
from dacheng.core.period import date_of
from dacheng.service.entering import entered, entered_scale
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.reports import run_report
from dacheng.store.access import homes_of
from dacheng.store.actions.deal_edits import (
    DealPlan,
    DealRow,
    PlannedRow,
    RowsRefused,
    WrittenDeals,
    edit_deals,
    finding_of,
    preview_deals,
)
from dacheng.store.actions.deal_plans import MOST_ROWS
from dacheng.store.queries.labels import labels_of
from dacheng.store.shares import Ended, current_shares

__all__ = [
    "BULK_COLUMNS", "LISTS", "MOST_ROWS", "DealPlan", "DealRow", "PlannedRow", "RowsRefused", "UnitEffect",
    "WrittenDeals", "edit_deals", "end_of_part", "finding_of", "may_edit_many", "may_reassign_many", "names_of_plan",
    "open_deals_of", "parts_ended", "preview_deals", "rows_to_one_value", "seen_text", "uids_of_filter",
    "unit_effects", "versions_shown",
]  # fmt: skip

BULK_COLUMNS = (
    "owner_id", "expected_day", "category", "amount", "stage_id", "win_bp", "grade", "product_id", "customer_id",
    "next_step",
)  # fmt: skip
"""Columns that many deals can be set to at once, the likeliest first."""

OWNED = """
    SELECT deal_id FROM credits WHERE owner_id = :owner AND part = 0 AND state = :open AND unit_id <> :outside
    ORDER BY deal_id"""

LISTS = ("deals/list", "tables/pipeline")
"""Reports whose rows are deals that can be selected."""


def may_edit_many(viewer: Viewer) -> bool:
    """Tell whether somebody may edit deals somewhere."""
    return viewer.holds(*POLICY["deal.edit"])


def may_reassign_many(viewer: Viewer) -> bool:
    """Tell whether somebody may hand deals over somewhere."""
    return viewer.holds(*POLICY["deal.reassign"])


def uids_of_filter(name: str, given: Mapping[str, str], book: Book) -> list[UUID]:
    """Return the deals that a report's filter lets through, in its order.

    Raises:
        RuleError: there are more than one step takes, or the filter is not understood.
    """
    if name not in LISTS:
        raise RuleError(
            Text("只能从商机清单或在途表里选。", "Choose them in a list of opportunities."),
            Text(f"可选：{'、'.join(LISTS)}。", f"One of: {', '.join(LISTS)}."),
        )
    own = {key: text for key, text in given.items() if key not in ("limit", "offset")}
    answer = run_report(name, own | {"limit": str(MOST_ROWS)}, book=book, names=DatabaseNames())
    if answer.table.count > MOST_ROWS:
        raise RuleError(
            Text(f"一次最多 {MOST_ROWS:,} 条，这里有 {answer.table.count:,} 条。", f"At most {MOST_ROWS:,} at once."),
            Text("缩小筛选条件，分几次做。", "Narrow the filter and do it in parts."),
        )
    ids = [int(one) for one in answer.table.values["deal_id"]]
    labels = labels_of(DEALS, ids)
    return [labels[one]["uid"] for one in ids]


def versions_of(ids: Iterable[int]) -> dict[int, tuple[UUID, int]]:
    """Return deal id -> public id and the version to edit."""
    return {number: (one["uid"], one["version"]) for number, one in labels_of(DEALS, ids).items()}


def rows_to_one_value(uids: Iterable[UUID], name: str, text: str, *, money_unit: str) -> list[DealRow]:
    """Return rows that set one column of deals to what was typed; an amount also in proportion, such as ``+5%``.

    Raises:
        RuleError: it cannot be read as what the column is.
    """
    scale = entered_scale(text) if DEALS.column(name).kind == "money" else None
    value = scale or entered("deals", name, text, money_unit=money_unit)
    return [DealRow({name: value}, uid) for uid in dict.fromkeys(uids)]


def seen_text(rows: Iterable[PlannedRow]) -> str:
    """Return the deals of a preview with the versions it showed, to be sent back with the decision."""
    return " ".join(f"{one.record.uid.hex}.{one.record.row['version']}" for one in rows if one.record)


def versions_shown(text: str) -> dict[UUID, int]:
    """Return deal -> version of what a preview sent along.

    Raises:
        RuleError: the text is none of a preview.
    """
    try:
        pairs = [one.split(".") for one in text.split()]
        return {UUID(uid): int(version) for uid, version in pairs}
    except ValueError:
        raise RuleError(
            Text("这不是预览给出的商机。", "These are not the opportunities of a preview."),
            Text("回到清单重新选择。", "Go back to the list and choose again."),
        ) from None


def unit_effects(book: Book, plan: DealPlan) -> list[UnitEffect]:
    """Return what a plan does to the open sums of units, of the rows that can be done."""
    written = plan.written
    was, becomes = ([(_number(one), one.was) for one in written], [(_number(one), one.becomes) for one in written])
    before = _shares_of(written)
    after = before | {_number(one): one.ending.after for one in written if one.ending}
    return effects_by_unit(book, _credits(_placed(book, before), was), _credits(_placed(book, after), becomes))


def _number(row: PlannedRow) -> int:
    return row.record.record_id if row.record else 0


def _shares_of(rows: Iterable[PlannedRow]) -> dict[int, Shares]:
    """Return the shares of the deals that are shared, as they stand."""
    shared = [_number(one) for one in rows if one.record and is_shared(one.record.versions)]
    return dict(current_shares(shared)) if shared else {}


def _placed(book: Book, shares: Mapping[int, Shares]) -> dict[int, list[tuple[int, int]]]:
    """Return deal -> (home of today, share) of each partner of today, in the order of their parts."""
    found = {deal: sorted(on_day(one, book.today).items()) for deal, one in shares.items()}
    homes = homes_of({person for own in found.values() for person, _ in own}, book.today)
    return {deal: [(homes.get(person, 0), share) for person, share in own] for deal, own in found.items()}


def _credits(
    shares: Mapping[int, Sequence[tuple[int, int]]], deals: Iterable[tuple[int, Mapping[str, Any]]]
) -> Iterable[Mapping[str, Any]]:
    """Yield the credits of deals as they stand: the owner's, and those of partners, who keep their homes."""
    for deal, facts in deals:
        if facts:
            before = 0
            for home, share in shares.get(deal, ()):
                part = {"unit_id": home, "part": 1, "share_bp": share, "before_bp": before}
                yield {**facts, "whole": facts["amount"], **part}
                before += share
            yield {**facts, "whole": facts["amount"], "part": 0, "share_bp": WHOLE_BP - before, "before_bp": before}


def parts_ended(row: PlannedRow, names: Mapping[int, Name]) -> list[Text]:
    """Return in words the parts that end because their partner becomes the owner."""
    return [end_of_part(one, names) for one in (row.ending.ended() if row.ending else ())]


def end_of_part(one: Ended, names: Mapping[int, Name]) -> Text:
    """Return in words that a part ends because its partner becomes the owner."""
    name, share, day = names[one.person].name, percent(one.share_bp), date_of(one.day)
    return Text(
        f"{name}原有的 {share} 分成到 {day} 为止，此后都归他负责。",
        f"{name}'s part of {share} ends on {day}: the rest is his from then on.",
    )


def names_of_plan(plan: DealPlan, effects: Sequence[UnitEffect]) -> dict[str, Mapping[int, Name]]:
    """Return the names of everything that a preview shows, in one query."""
    wanted: dict[str, set[int]] = {"units": {one.unit_id for one in effects}}
    refs = {column.name: column.ref for column in DEALS.columns if column.kind == "ref"}
    for row in plan.rows:
        values = [(name, value) for name, pair in row.columns.items() for value in pair]
        values += [(name, row.record.row[name]) for name in ("owner_id", "customer_id") if row.record]
        values += [("owner_id", one.person) for one in (row.ending.ended() if row.ending else ())]
        if row.conflict:
            values += [pair for told in (row.conflict.yours, row.conflict.theirs) for pair in told.items()]
        for name, value in values:
            if name in refs and value:
                wanted.setdefault(refs[name], set()).add(int(value))
    return DatabaseNames().names_of(wanted)


def open_deals_of(owner: str, book: Book) -> list[UUID]:
    """Return the open deals that a person (code or name) owns, as far as the viewer sees; not those he has a part of.

    Raises:
        RuleError: nobody is called so, or several are.
    """
    rows = book.gather(OWNED, owner=identified("people", owner, DatabaseNames()), open=OPEN, outside=OUTSIDE)
    labels = labels_of(DEALS, rows["deal_id"].tolist())
    return [labels[number]["uid"] for number in rows["deal_id"].tolist()]
