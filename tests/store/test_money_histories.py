"""Random histories of contracts and money in two currencies: what the settled decisions say holds at every month end.

Amendments, credits, cancellations, partial and over-payments, refunds, bills that bounce, back-dated postings and
closed months. What a step may not do is refused; what stands is added up here again from the postings alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

import dacheng.core.reports  # noqa: F401  fills the registry
from dacheng.core.contracts.schema import AMENDMENT, CANCELLATION, COUNTED, CREDIT, FRAMEWORK
from dacheng.core.errors import NotFound, RuleError
from dacheng.core.period import date_of, first_day_of, last_day_of, ym_at
from dacheng.core.report import REPORTS
from dacheng.core.table import Table
from dacheng.service.books import open_database
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.invoices import record_invoice
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.receipts import allocate, record_receipt
from dacheng.store.actions.recognitions import record_recognition, write_off
from dacheng.store.actions.terms import set_terms
from dacheng.store.bulk import select_rows
from dacheng.store.identity import stored_uid
from dacheng.store.models import FAR_SEQ
from dacheng.store.periods import closed_through
from tests.store.company import START, actor, uid

USD, RATE = 840, 7
BILL, REFUND, BOUNCED, RED = 2, 4, 5, 2
MONTHS = [int(ym_at(2026, 3)) + month for month in range(10)]
"""The history runs over them; each is looked at on its last day, once it is over and at the very end."""

STEPS = 120
SEEN_BY = ("ops", "east", "li", "zhao")


class History:
    """A company's money, step by step; what is refused is counted and changes nothing."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.day = START + 60
        self.contracts: list[UUID] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    @property
    def at(self) -> datetime:
        return datetime.combine(date_of(self.day), datetime.min.time(), UTC) + timedelta(hours=4)

    def step(self) -> None:
        """Do one thing that may happen, of today or of some days before."""
        happens: Callable[[], object] = self.dice.choices(
            [self.sign, self.agree, self.changes, self.recognise, self.receive, self.moves, self.writes_off, self.bill],
            [3, 5, 2, 4, 8, 3, 2, 2],
        )[0]
        try:
            happens()
            self.done[happens.__name__] += 1
        except (NotFound, RuleError):  # not found: there is none yet
            self.refused[happens.__name__] += 1

    def sign(self) -> None:
        amount, day = self.money(), self.some_day()
        given: dict[str, Any] = {"signed_day": day, "effective_day": day, "owner_id": self.person(), **self.account()}
        if self.dice.random() < 0.3:
            given |= {"currency": USD, "foreign_amount": round(amount / RATE) or 1}
        lines = [Line(amount - amount // 3, tax_bp=1300), Line(amount // 3, tax_bp=self.dice.choice([600, 0]))]
        made = record_contract(actor=actor("ops"), at=self.at, values=given, lines=lines)
        self.contracts.append(made.uid)
        self.agree(made.uid)

    def agree(self, contract: UUID | None = None) -> None:
        count = self.dice.randint(1, 3)
        shares = [10_000 // count] * count
        shares[0] += 10_000 - sum(shares)
        terms = [{"share_bp": share, "due_day": self.day + self.dice.randint(-60, 200)} for share in shares]
        set_terms(actor=actor("ops"), at=self.at, contract=contract or self.contract(), terms=terms)

    def changes(self) -> None:
        kind = self.dice.choice([AMENDMENT, AMENDMENT, CREDIT, CANCELLATION])
        amount = self.money() // 5 if kind == AMENDMENT and self.dice.random() < 0.6 else -(self.money() // 4)
        day = self.some_day()
        given = {"signed_day": day, "effective_day": day, "owner_id": self.person(), "kind": kind}
        given |= {"amends_id": self.contract(), **self.account()}
        record_contract(actor=actor("ops"), at=self.at, values=given, lines=[Line(amount, tax_bp=1300)])

    def recognise(self) -> None:
        amount = self.money() // 3 * self.dice.choice([1, 1, 1, -1])
        values = {"contract_id": self.contract(), "day": self.some_day(), "amount_ex": amount}
        record_recognition(actor=actor("fin"), at=self.at, values=values)

    def receive(self) -> None:
        amount, day = self.money() // 2, self.some_day()
        given: dict[str, Any] = {"amount": amount, "day": day, "owner_id": self.person(), **self.account()}
        luck = self.dice.random()
        if luck < 0.2:
            given |= {"kind": BILL, "maturity_day": day + self.dice.randint(30, 180)}
        elif luck < 0.4:
            given |= {"kind": self.dice.choice([REFUND, BOUNCED]), "amount": -(amount // 2 or 1)}
        if self.dice.random() < 0.3:
            worth = int(given["amount"])
            given |= {"currency": USD, "foreign_amount": round(worth / (RATE + self.dice.random() / 5)) or 1}
        parts = None
        if self.dice.random() < 0.3 and (terms := self.some("payment_terms", 2)):
            share = int(given.get("foreign_amount", given["amount"])) // self.dice.randint(2, 6)
            parts = dict.fromkeys(terms, share)
        record_receipt(actor=actor("fin"), at=self.at, values=given, parts=parts)

    def moves(self) -> None:
        (receipt,) = self.some("receipts", 1) or (self.contract(),)
        parts = None
        if self.dice.random() < 0.5:
            parts = {term: self.dice.randint(-50_000_00, 50_000_00) for term in self.some("payment_terms", 2)}
        allocate(actor=actor("fin"), at=self.at, receipt=receipt, parts=parts or None)

    def writes_off(self) -> None:
        (term,) = self.some("payment_terms", 1) or (self.contract(),)
        amount = self.money() // 10 * self.dice.choice([1, 1, -1])
        values = {"term_id": term, "day": self.some_day(), "amount": amount, "name": "收不回来"}
        write_off(actor=actor("fin"), at=self.at, values=values)

    def bill(self) -> None:
        code, day = f"FP-{sum(self.done.values())}", self.some_day()
        if self.dice.random() < 0.3 and (invoices := self.some("invoices", 1)):
            note = {"code": code, "day": day, "amount": -(self.money() // 6 or 1), "kind": RED}
            record_invoice(actor=actor("fin"), at=self.at, values=note | {"reverses_id": invoices[0]})
            return
        given = {"code": code, "day": day, "amount": self.money() // 4 or 1, "seller_id": self.person()}
        given |= {"due_day": day + 30, **self.account()}
        record_invoice(actor=actor("fin"), at=self.at, values=given)

    def money(self) -> int:
        return self.dice.choice([self.dice.randint(1, 999), self.dice.randint(1_00, 900_000_00), 100_000_00])

    def some_day(self) -> int:
        return self.day - self.dice.choice([0, 0, self.dice.randint(1, 45)])

    def person(self) -> UUID:
        return uid("people", self.dice.choice(["li", "li", "wang", "zhao"]))

    def account(self) -> dict[str, UUID]:
        return {"customer_id": uid("customers", self.dice.choice(["C1", "C1", "C2"]))}

    def contract(self) -> UUID:
        return self.dice.choice(self.contracts) if self.contracts else uid("customers", "C1")

    def some(self, relation: str, count: int) -> list[UUID]:
        rows = select_rows(f"rec_{relation}", ["uid"], [("NOT removed", None)], order=("id",))
        found = [stored_uid(one) for (one,) in rows]
        return self.dice.sample(found, min(count, len(found)))


def shown(report: str, who: str, day: int, at: datetime, **params: Any) -> Table:
    return REPORTS[report].run(open_database(actor(who), at=at).at(day), **params)


def lived_through(seed: int) -> Iterator[tuple[History, int]]:
    """Live through a history and stop at the end of each month; some months are closed a little later."""
    history = History(seed)
    for _ in range(3):
        history.sign()
    last_closed = MONTHS[0] - 2
    for month in MONTHS:
        first, end = int(first_day_of(month)), int(last_day_of(month))
        for day in sorted(history.dice.randint(first, end) for _ in range(STEPS // len(MONTHS))):
            history.day = max(day, history.day)
            history.step()
        history.day = end + 1
        yield history, end
        if history.dice.random() < 0.4:
            for closing in range(last_closed + 1, month):
                close_period(actor=actor("fin"), at=history.at, ym=closing)
                last_closed = closing


def told_on(day: int, at: datetime) -> dict[str, int]:
    """Return what the tables of the whole company say of a day, having checked that they meet for everybody."""
    for who in SEEN_BY:
        for tax in ("incl", "excl"):
            assert shown("contracts/rollforward", who, day, at, tax=tax).notes == (), (who, tax)
        checks = shown("contracts/checks", who, day, at)
        assert int(checks.values["unmet"].sum()) == 0, who
        opened = shown("tables/receivable", who, day, at).totals["open"]
        assert opened == shown("receivable/ageing", who, day, at).totals["open"], who
    left = shown("tables/unrecognised", "ops", day, at).totals
    return {
        "open": shown("tables/receivable", "ops", day, at).totals["open"],
        "unrecognised": left["amount_ex"] - left["recognised_ex"],
    }


def added_up(day: int) -> dict[str, int]:
    """Return the same from contracts, terms and postings, one by one, in whole numbers of Python."""
    open_of = Counter[int]()
    for term, amount in facts("payment_terms", ["term_id", "amount"], day):
        open_of[term] += amount
    for relation in ("allocations", "write_offs"):
        for term, amount in facts(relation, ["term_id", "amount"], day, posted=True):
            open_of[term or 0] -= amount
    open_of.pop(0, None)
    signed = sum(
        amount
        for kind, intake, amount in facts("contracts", ["kind", "intake", "amount_ex"], day, posted=True)
        if kind != FRAMEWORK and intake == COUNTED
    )
    recognised = sum(amount for (amount,) in facts("recognitions", ["amount_ex"], day, posted=True))
    return {"open": sum(open_of.values()), "unrecognised": signed - recognised}


def facts(
    relation: str, columns: list[str], day: int, *, posted: bool = False, also: tuple[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Return what stood on a day, as known now; postings only of the days up to it."""
    stood: list[tuple[str, Any]] = [(f"seq_to = {FAR_SEQ}", None), ("from_day <= %s", day), ("to_day > %s", day)]
    more = [("posted_day <= %s", day)] if posted else []
    return select_rows(f"fact_{relation}", columns, [*stood, *more, *([also] if also else [])])


def check_every_day() -> None:
    """Check day by day what no posting may break: of each receipt, of each term."""
    of_receipt = dict(select_rows("rec_receipts", ["id", "amount"], []))
    went: dict[int, list[tuple[int, int | None, int]]] = {number: [] for number in of_receipt}
    got: dict[int, list[tuple[int, int]]] = {}
    read = ["receipt_id", "term_id", "posted_day", "amount", "received"]
    for receipt, term, day, amount, received in select_rows("rec_allocations", read, [("NOT removed", None)]):
        went[receipt].append((day, term, received))
        if term:
            got.setdefault(term, []).append((day, amount))
    for receipt, amount in of_receipt.items():
        assert sum(part for _, _, part in went[receipt]) == amount
        for day in {day for day, _, _ in went[receipt]}:
            to_terms = sum(part for posted, term, part in went[receipt] if posted <= day and term)
            assert 0 <= to_terms * (1 if amount > 0 else -1) <= abs(amount), "more is allocated than was received"
    for term, day, posted in select_rows("rec_write_offs", ["term_id", "posted_day", "amount"], []):
        got.setdefault(term, []).append((day, posted))
    credited = {term for (term,) in select_rows("rec_invoices", ["term_id"], [("kind = %s", RED)])}
    for term, postings in got.items():
        for day in {day for day, _ in postings}:
            (owed,) = facts("payment_terms", ["amount"], day, also=("term_id = %s", term)) or [(0,)]
            settled = sum(part for posted, part in postings if posted <= day)
            assert settled >= 0, "more is taken back than was paid"
            if term not in credited:  # a credit note of what was paid leaves money of the customer with us
                assert settled <= owed[0], "more is paid than was owed"


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 30))])
def test_what_is_signed_owed_and_collected_adds_up_at_every_month_end(database, seed):
    told, at = {}, None
    for history, day in lived_through(seed):
        told[day], at = told_on(day, history.at), history.at
        assert told[day] == added_up(day)

    check_every_day()
    for day in told:
        assert told_on(day, at) == added_up(day), "a past day no longer adds up"
    assert sum(history.done.values()) > sum(history.refused.values()) / 2
    assert min(history.done[name] for name in ("sign", "agree", "changes", "recognise", "receive", "bill")) > 0


def test_a_closed_month_says_the_same_for_ever(sqlite_database):
    kept: dict[int, dict[str, int]] = {}
    for history, _ in lived_through(77):
        for month in MONTHS:
            if month <= closed_through().through and (day := int(last_day_of(month))) not in kept:
                kept[day] = told_on(day, history.at)

    assert len(kept) > 3
    assert kept == {day: told_on(day, history.at) for day in kept}
