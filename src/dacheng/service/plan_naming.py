"""Plans, their rows and months as people name them (按名称指认): by code or name, a month as 2027-03."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.history.schema import DIMENSIONS
from dacheng.core.money import Weights
from dacheng.core.period import parse_period, ym_text
from dacheng.core.plans.fits import Fit
from dacheng.core.plans.incoming import Take
from dacheng.core.plans.month_ways import Choice
from dacheng.core.plans.schema import CHANNEL, KINDS, MONTH_WAYS, PERSON, SEASON, SEGMENT, TYPED, UNIT
from dacheng.core.plans.tables import latest_plan
from dacheng.core.report import number_of
from dacheng.exchange.amounts import parse_money
from dacheng.service.books import open_database
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plans import OpenPlan, measure_named, open_plan
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.service.wire import month_of
from dacheng.store.actions import plans as actions
from dacheng.store.actions.customers import edit_customer
from dacheng.store.actions.plan_cells import add_plan_row
from dacheng.store.standing import standing_uid

ADDED_KINDS = tuple(kind for kind in KINDS if kind[0] not in (UNIT, PERSON, SEGMENT))
"""Kinds of rows that are added by hand, as (number, code, label)."""


def start_plan(viewer: Viewer, at: datetime, name: str, unit: str, period: str) -> Name:
    """Create a plan of a unit over a period such as 2027 or 2027-H1; return how it is called.

    Raises:
        RuleError: the unit is not known, or the period is none.
    """
    book = open_database(viewer, at=at)
    span = parse_period(period, book.rules.fiscal)
    top = _named(book, "units", unit)
    values = {"name": name, "unit_id": UUID(top.uid), "from_ym": span.from_ym, "until_ym": span.to_ym}
    made = actions.create_plan(actor=viewer, at=at, values=values)
    return next(one for one in _plans(made.uid))


def add_row(
    viewer: Viewer,
    at: datetime,
    book: Book,
    one: OpenPlan,
    under: int,
    *,
    kind: str,
    name: str = "",
    account: str = "",
    month: str = "",
) -> str:
    """Add a row below a unit's row of a plan, as people type what it needs; return its code (R057).

    Args:
        under: position. kind: code of ``KINDS``; empty = a partner.
        account: code or name of the account of a partner or account row;
            a row without a name is called as its account. month: the first one of a vacancy, such as 2027-03.

    Raises:
        RuleError: no account is called so, the kind is not added by hand, or as ``add_plan_row``.
        NotFound, NotAllowed: as ``add_plan_row``.
    """
    number = number_of(ADDED_KINDS, kind) or CHANNEL
    customer = _named(book, "customers", account) if account else None
    label = next(label for one_kind, _code, label in ADDED_KINDS if one_kind == number)
    values: dict[str, Any] = {"kind": number, "name": name or (customer.name if customer else label.zh)}
    values |= {"from_ym": month_of(month)} if month else {}
    values |= {"customer_id": UUID(customer.uid)} if customer else {}
    parent = int(one.sheet.tree.unit_ids[under])
    made = add_plan_row(actor=viewer, at=at, uid=one.uid, parent_id=parent, values=values)
    row = standing_uid("plan_rows", made.uid).record_id
    return DatabaseNames().names("plan_rows", [row])[row].code


def join_partner(viewer: Viewer, at: datetime, book: Book, account: str, partner: str) -> None:
    """Let an account belong to a partner's, both by code or name, so that one row holds them (R057).

    Args:
        partner: empty = the account stands by itself from now on.

    Raises:
        RuleError: no account, or several, are called so; or as ``edit_customer``. NotFound, NotAllowed: as it.
    """
    whose = UUID(_named(book, "customers", partner).uid) if partner else None
    uid = UUID(_named(book, "customers", account).uid)
    edit_customer(actor=viewer, at=at, uid=uid, values={"partner_id": whose}, version=None)


def plan_named(book: Book, text: str) -> UUID:
    """Return the plan of a code or name; empty = the latest.

    Raises:
        RuleError: no plan, or several, are called so.
    """
    if text:
        return UUID(_named(book, "plans", text).uid)
    latest = latest_plan(book)
    if not latest:
        raise NotFound(Text("还没有目标方案。", "There is no plan yet."))
    return UUID(DatabaseNames().names("plans", [latest])[latest].uid)


def opened(book: Book, plan: str, measure: str, cut: str = "") -> OpenPlan:
    """Open a measure of a plan by their names; a cut by the code of its dimension."""
    dimension = number_of(DIMENSIONS, cut) if cut else 0
    return open_plan(book, plan_named(book, plan), measure_named(measure), dimension or 0)


def position_named(one: OpenPlan, text: str) -> int:
    """Return the position of a row by its code or its name.

    Raises:
        RuleError: no row, or several, are called so.
    """
    found = [at for at in range(len(one.names)) if text in (one.codes[at], one.names[at].zh, one.names[at].en)]
    if len(found) == 1:
        return found[0]
    codes = "、".join(one.codes[at] for at in found[:5])
    raise RuleError(
        Text(f"方案里有 {len(found)} 行叫“{text}”。", f"{len(found)} rows of the plan are called {text}."),
        Text(f"请用行号 {codes}。", f"Use a row no. {codes}."),
    )


def amount_typed(text: str) -> int:
    """Return an amount as people type it, in 元 or with a unit, as minor units.

    Raises:
        RuleError: it is none.
    """
    amount = parse_money(text)
    if amount is None:
        raise RuleError(
            Text("金额是空的。", "The amount is blank."), Text("例：6500000 或 650万。", "Such as 6500000.")
        )
    return amount


def months_typed(by: str, season: Iterable[str], lifts: Iterable[str], *, spring: bool, standing: int = 0) -> Choice:
    """Return what the months of a breakdown follow, as people type it.

    Args:
        by: code of a way; empty = the season of the plan itself, or the weights that are given.
        season: with ``typed`` shares of the open months such as 8.5%, else one weight for every month.
        standing: how many months at the beginning stand, so that no share of them is typed.

    Raises:
        RuleError: there is no such way, or a number is none.
    """
    given = [one.strip() for text in season for one in text.split(",") if one.strip()]
    way = number_of(MONTH_WAYS, by or (_code(TYPED) if given else _code(SEASON))) or SEASON
    wanted = Choice(way, spring=spring, lifts=lifts_typed(lifts))
    if given and way != TYPED:
        raise RuleError(
            Text(f"月份按 {by} 就不用再给各月的权重。", f"Months by {by} take no weights of their own."),
            Text("去掉权重，或用 typed。", "Leave the weights out, or use typed."),
        )
    if by and way == TYPED:
        shares = [None] * standing + [entered("plan_cells", "lift_bp", one) for one in given]
        return replace(wanted, shares=shares)
    return replace(wanted, weights=_weights(given)) if given else wanted


def _weights(given: Sequence[str]) -> Weights:
    if not all(one.isdigit() for one in given):
        raise RuleError(
            Text(f"月份权重“{','.join(given)}”里有不是整数的。", "A weight of a month is no whole number."),
            Text("例：8,6,9,8,8,9,7,7,9,8,10,11。", "Such as 8,6,9,8,8,9,7,7,9,8,10,11."),
        )
    return [int(one) for one in given]


def lifts_typed(texts: Iterable[str]) -> dict[int, int]:
    """Return uplifts of months for a festival, typed as 2027-02=30%, as month -> basis points.

    Raises:
        RuleError: a month or a percentage is none, or a month stands twice.
    """
    found: dict[int, int] = {}
    for text in (one for one in texts if one.strip()):
        month, _, share = text.partition("=")
        bp = entered("plan_cells", "lift_bp", share.strip())
        if bp is None:
            raise RuleError(
                Text(f"“{text}”里没有上浮多少。", f"{text} does not say by how much."),
                Text("例：2027-02=30%。", "Such as 2027-02=30%."),
            )
        ym = month_of(month.strip())
        if ym in found:
            raise RuleError(
                Text(f"{ym_text(ym)} 的上浮出现了两次。", f"The uplift of {ym_text(ym)} stands twice."),
                Text("每个月只写一次。", "Write each month once."),
            )
        found[ym] = bp
    return found


def _code(way: int) -> str:
    return next(code for number, code, _label in MONTH_WAYS if number == way)


def taken_typed(text: str) -> Take:
    """Return what counts where a row and rows below it both have a line.

    Raises:
        RuleError: it is neither.
    """
    if text in ("", "own"):
        return "own"
    if text == "below":
        return "below"
    raise RuleError(
        Text(f"不知道“{text}”按哪个数。", f"{text} does not say which figure counts."),
        Text("用 own（部门的数）或 below（下级合计）。", "Use own or below."),
    )


def counts_typed(texts: Iterable[str]) -> dict[str, int] | None:
    """Return what factors count, typed as history=30; None where none are given."""
    pairs = [text.partition("=") for text in texts]
    if not pairs:
        return None
    if not all(count.strip().isdigit() for _, _, count in pairs):
        raise RuleError(
            Text("因子的权重必须是整数。", "What a factor counts must be a whole number."),
            Text(
                "例：history=30 potential=50 capacity=20，合计 100。",
                "Such as history=30 potential=50 capacity=20, together 100.",
            ),
        )
    return {code.strip(): int(count) for code, _, count in pairs}


def shares_typed(one: OpenPlan, texts: Iterable[str]) -> dict[int, int | None]:
    """Return shares of rows of a plan, typed as 华东=40, by position in basis points.

    Raises:
        RuleError: no row, or several, are called so, a share is none, or a row stands twice.
    """
    found: dict[int, int | None] = {}
    for text in texts:
        row, _, said = text.partition("=")
        at, share = position_named(one, row.strip()), entered("people", "fte_bp", said.strip())
        if share is None or at in found:
            raise RuleError(
                Text(f"“{text}”没有比例，或这一行写了两次。", f"{text} has no share, or its row stands twice."),
                Text("例：华东=40 华南=30。", "Such as East=40 South=30."),
            )
        found[at] = share
    return found


def fits_typed(one: OpenPlan, texts: Iterable[str]) -> dict[int, Fit]:
    """Return the fit of rows of a plan, typed as 李雷=125:老客户多; the reason may be left out.

    Raises:
        RuleError: no row, or several, are called so, or a factor is not a percentage.
    """
    fits = {}
    for text in texts:
        row, _, said = text.partition("=")
        number, _, reason = said.replace("：", ":").partition(":")
        bp = entered("plan_terms", "fit_bp", number)
        if bp is None:
            raise RuleError(
                Text(f"“{text}”里没有系数。", f"There is no factor in {text}."),
                Text("例：李雷=125:老客户多。", "Such as Li Lei=125:many accounts."),
            )
        fits[int(one.sheet.tree.unit_ids[position_named(one, row.strip())])] = Fit(bp, reason.strip())
    return fits


def _named(book: Book, relation: str, text: str) -> Name:
    number = identified(relation, text, SeenNames(book, DatabaseNames()))
    return DatabaseNames().names(relation, [number])[number]


def _plans(uid: UUID) -> Iterable[Name]:
    every = DatabaseNames().names_of({"plans": None})["plans"]
    return (one for one in every.values() if one.uid == str(uid))
