"""One contract for its page: as it stands, its lines, its history; and recording one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, Viewer, may
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.contracts.schema import CONTRACT_LINES, CONTRACTS, FRAMEWORK
from dacheng.core.errors import NotFound, Text
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.actions.contracts import Line, decide_late, edit_contract, record_contract
from dacheng.store.actions.one_offs import mark_one_off
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, standing, standing_uid

__all__ = [
    "ContractView", "Line", "LineView", "changed_called", "contract_view", "deal_called", "decide_late", "decide_named",
    "drawn_from", "edit_contract", "framework_called", "may_record", "money_rights", "record",
]  # fmt: skip

SEEN = """
    SELECT contract_id, unit_id, amount, amount_ex, cost FROM contracts
    WHERE contract_id = :contract ORDER BY contract_id
"""
LINES = """
    SELECT line_id, product_id, amount, tax_bp, amount_ex, cost FROM contract_lines
    WHERE contract_id = :contract ORDER BY line_id
"""
FRAMEWORKS = f"""
    SELECT contract_id FROM contracts WHERE contract_id IN (:ids) AND kind = {FRAMEWORK} ORDER BY contract_id
"""
KNOWN = "SELECT contract_id FROM contracts WHERE contract_id IN (:ids) ORDER BY contract_id"
DRAWN_FROM = "SELECT contract_id, amount FROM contracts WHERE framework_id = :contract ORDER BY contract_id"
AMOUNTS = ("amount", "amount_ex", "cost")
PRIVATE = "money-private"
OF_MONEY = ("terms.edit", "cash.record")


@dataclass(frozen=True, slots=True)
class LineView:
    """A line; amounts in minor units, None = not known or not to be seen."""

    code: str
    product_id: int | None
    amount: int | None
    amount_ex: int | None
    cost: int | None
    tax_bp: int | None


@dataclass(frozen=True)
class ContractView:
    """A contract on the as-of day, or on its first day when that comes later.

    Args:
        row: its columns; the cost is None to who may not see it.
        granted: seen only by a grant. editable: the viewer may correct it now.
        approvable: he may approve it as a late signing.
        sees_cost: the viewer's roles see costs.
    """

    uid: UUID
    contract_id: int
    version: int
    row: Mapping[str, Any]
    unit_id: int
    granted: bool
    editable: bool
    approvable: bool
    sees_cost: bool
    lines: Sequence[LineView]
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]


def contract_view(viewer: Viewer, uid: UUID, book: Book) -> ContractView:
    """Return a contract for its page.

    Raises:
        NotFound: it does not exist, or the viewer does not see it.
    """
    record = standing_uid("contracts", uid)
    current = book.as_of_day == book.today
    shown = book if record.first_day <= book.as_of_day else book.at(record.first_day)
    seen = shown.gather(SEEN, contract=record.record_id)
    if not len(seen):
        raise hidden(CONTRACTS.label)
    row = {**record.row, **record.on(CONTRACTS, shown.as_of_day), **_amounts(seen, 0)}
    unit_id, sees_cost = int(seen["unit_id"][0]), PRIVATE in shown.scope.classes
    lines = _lines(shown.gather(LINES, contract=record.record_id))
    recorded = history_of("contracts", record.record_id)
    history = events_of(CONTRACTS, record, recorded, shown.as_of_day, () if sees_cost else ("cost",))
    owner = int(row["owner_id"])
    return ContractView(
        uid=record.uid,
        contract_id=record.record_id,
        version=int(record.row["version"]),
        row=row,
        unit_id=unit_id,
        granted=unit_id == OUTSIDE and not shown.scope.whole,
        editable=current and may(viewer, "contract.edit", shown.tree, unit_id=unit_id, owner_id=owner),
        approvable=current and may(viewer, "contract.approve", shown.tree, unit_id=unit_id, owner_id=owner),
        sees_cost=sees_cost,
        lines=lines,
        history=history,
        names=_names(row, unit_id, lines, history),
    )


def record(actor: Viewer, at: datetime, values: Mapping[str, Any], lines: Sequence[Line]) -> Saved:
    """Record a contract; what is blank is left to the deal, or not known."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    return record_contract(actor=actor, at=at, values=given, lines=lines)


def decide_named(viewer: Viewer, at: datetime, text: str, *, approve: bool, reason: str = "") -> Saved:
    """Approve or refuse the late signing of a contract's number.

    Raises:
        NotFound: no contract has it. RuleError: as ``decide_late``.
    """
    return decide_late(actor=viewer, at=at, uid=_named(text), approve=approve, version=None, reason=reason)


def one_off_named(viewer: Viewer, at: datetime, text: str, *, one_off: bool, reason: str) -> Saved:
    """Mark the contract of a number as one-off, or take the mark back.

    Raises:
        NotFound: no contract has it. RuleError: as ``mark_one_off``.
    """
    return mark_one_off(actor=viewer, at=at, uid=_named(text), one_off=one_off, reason=reason)


def _named(text: str) -> UUID:
    found = standing("contracts", DatabaseNames().find("contracts", text.strip()))
    if len(found) != 1:
        raise hidden(CONTRACTS.label)
    (one,) = found.values()
    return one.uid


def may_record(viewer: Viewer) -> bool:
    """Tell whether somebody may record contracts for himself or for others."""
    return viewer.holds(*POLICY["contract.record"])


def money_rights(viewer: Viewer, view: ContractView, book: Book) -> frozenset[str]:
    """Return which rights of contract to cash the viewer has on a contract today."""
    place = {"unit_id": view.unit_id, "owner_id": int(view.row["owner_id"])}
    current = book.as_of_day == book.today
    return frozenset(one for one in OF_MONEY if current and may(viewer, one, book.tree, **place))


def deal_called(text: str, book: Book) -> Standing | None:
    """Return the deal of a number or a public id that the viewer sees; None for a blank.

    Raises:
        NotFound: there is none, or he does not see it; one answer for both.
    """
    if not text.strip():
        return None
    found = [one.record_id for one in (_by_uid(text),) if one] or DatabaseNames().find("deals", text.strip())
    rows = book.gather("SELECT deal_id FROM deals WHERE deal_id IN (:ids) ORDER BY deal_id", ids=list(found) or [0])
    if len(rows) != 1:
        raise NotFound(
            Text(f"没有商机「{text}」，或者你看不到它。", f"There is no opportunity “{text}”, or you may not see it."),
            Text("核对商机号；没有商机就留空。", "Check its number; leave it blank when there is none."),
        )
    return standing("deals", [int(rows["deal_id"][0])])[int(rows["deal_id"][0])]


def framework_called(text: str, book: Book) -> Standing | None:
    """Return the framework contract of a number that the viewer sees; None for a blank.

    Raises:
        NotFound: there is none, or he does not see it; one answer for both.
    """
    if not text.strip():
        return None
    found = DatabaseNames().find("contracts", text.strip())
    rows = book.gather(FRAMEWORKS, ids=list(found) or [0])
    if len(rows) != 1:
        raise NotFound(
            Text(
                f"没有框架合同「{text}」，或者你看不到它。", f"There is no framework “{text}”, or you may not see it."
            ),
            Text("核对合同号；类别必须是框架合同。", "Check its number; its kind must be framework."),
        )
    number = int(rows["contract_id"][0])
    return standing("contracts", [number])[number]


def changed_called(text: str, book: Book) -> Standing | None:
    """Return the contract of a number that another one changes, where the viewer sees it; None for a blank.

    Raises:
        NotFound: there is none, or he does not see it; one answer for both.
    """
    if not text.strip():
        return None
    found = DatabaseNames().find("contracts", text.strip())
    rows = book.gather(KNOWN, ids=list(found) or [0])
    if len(rows) != 1:
        raise NotFound(
            Text(f"没有合同「{text}」，或者你看不到它。", f"There is no contract “{text}”, or you may not see it."),
            Text("核对合同号。", "Check its number."),
        )
    number = int(rows["contract_id"][0])
    return standing("contracts", [number])[number]


def drawn_from(book: Book, contract_id: int) -> int:
    """Return what the viewer sees called off a framework on the Book's day, minor units (R222)."""
    found = book.gather(DRAWN_FROM, contract=contract_id)["amount"]
    return int(found.sum())


def _by_uid(text: str) -> Standing | None:
    try:
        return standing_uid("deals", UUID(text))
    except (ValueError, NotFound):
        return None


def _amounts(rows: Rows, at: int) -> dict[str, int | None]:
    return {name: _known(rows, name, at) for name in AMOUNTS}


def _known(rows: Rows, name: str, at: int) -> int | None:
    return int(rows[name][at]) if rows.known(name)[at] else None


def _lines(rows: Rows) -> list[LineView]:
    """Return the lines; their codes are labels, so they come from the records."""
    labels = standing(CONTRACT_LINES.name, rows["line_id"].tolist())
    products = [
        int(one) if known else None for one, known in zip(rows["product_id"], rows.known("product_id"), strict=True)
    ]
    return [
        LineView(str(labels[line].row["code"]), products[at], **_amounts(rows, at), tax_bp=_known(rows, "tax_bp", at))
        for at, line in enumerate(rows["line_id"].tolist())
    ]


def _names(
    row: Mapping[str, Any], unit_id: int, lines: Sequence[LineView], history: Sequence[Event]
) -> dict[str, Mapping[int, Name]]:
    wanted: dict[str, set[int]] = {
        "units": {unit_id},
        "people": {one.actor_id for one in history},
        "products": {one.product_id for one in lines if one.product_id},
    }
    rows = [row, *({one.name: value} for one in history for value in (one.before, one.after) if value)]
    for column in CONTRACTS.facts:
        if column.kind == "ref":
            wanted.setdefault(column.ref, set()).update(one[column.name] for one in rows if one.get(column.name))
    return DatabaseNames().names_of(wanted)
