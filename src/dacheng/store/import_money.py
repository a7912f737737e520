"""Contract to cash of a batch: where postings stand, what they post on, what receipts pay (R151, R188; ADR 0015).

Files tell what happened; where it stands, on which day it posts and what is left open follow from the contracts,
terms and receipts, those that stand and those that come. A posting that stands is never changed by a file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dacheng.core.cash.allocating import TO_NOTHING, OpenTerm, first_due_first, held_until
from dacheng.core.cash.deriving import cash_day
from dacheng.core.cash.schema import FIRST_DUE, RED, TAKEN_BACK, TRANSFER
from dacheng.core.closing import posting_day
from dacheng.core.contracts.posting import no_order
from dacheng.core.contracts.schema import COUNTED
from dacheng.core.currency import OWN
from dacheng.core.delivery.recognising import Both, with_tax
from dacheng.core.errors import Finding, Text
from dacheng.core.money import to_decimal
from dacheng.core.schema import RELATIONS
from dacheng.core.staging import Staged
from dacheng.store.bulk import among, next_id, select_rows
from dacheng.store.deriving import deriver
from dacheng.store.history import Entry
from dacheng.store.importing import POSTINGS, Part, Plan
from dacheng.store.models import RECORDS
from dacheng.store.saving import New
from dacheng.store.settling import PLACE, recount_contracts, recount_terms, rule_on
from dacheng.store.standing import Columns, record_table

MONEY = ("payment_terms", *POSTINGS)


def settle(plan: Plan) -> None:
    """Fill what of the money of a batch follows from elsewhere, add what receipts pay, find what is not possible."""
    if not any(name in plan.parts for name in MONEY):
        return
    settling = _Settling(plan)
    for step in (
        settling.refuse_changes,
        settling.invoices,
        settling.terms,
        settling.recognitions,
        settling.receipts,
        settling.allocations,
        settling.pay,
        settling.write_offs,
    ):
        plan.findings += list(step())
    plan.parts = {name: plan.parts[name] for name in RELATIONS if name in plan.parts}


def recount(entry: Entry, plan: Plan) -> None:
    """Let terms and contracts say what the written batch left of them."""
    terms = {
        new.values["term_id"]
        for name in ("allocations", "write_offs")
        for new in _news(plan, name).values()
        if new.values.get("term_id")
    }
    recount_terms(entry, terms)
    recount_contracts(entry, {new.values["contract_id"] for new in _news(plan, "recognitions").values()})


def _news(plan: Plan, name: str) -> dict[int, New]:
    part = plan.parts.get(name)
    return part.news if part else {}


@dataclass
class _Settling:
    """One pass over the money of a batch.

    Args:
        contracts: those that the batch's money names, or that its terms stand with. known: terms as they were read.
        left: term -> what is still open of it, minor units, as the batch goes on.
        last: relation -> the number of its last record. bills: day -> when a bill of it is cash.
        paid: receipt -> day and worth of its allocations in the batch. added: receipt -> how many were added to it.
    """

    plan: Plan
    contracts: dict[int, Columns] = field(default_factory=dict)
    since: dict[int, int] = field(default_factory=dict)
    known: dict[int, Columns] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    bills: dict[int, str] = field(default_factory=dict)
    paid: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    added: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        named = {
            new.values["contract_id"]
            for name in MONEY
            for new in _news(self.plan, name).values()
            if new.values.get("contract_id")
        }
        self.contracts = self.plan.rows_of("contracts", named)
        coming = _news(self.plan, "contracts")
        self.since = {number: new.from_day for number, new in coming.items()}

    def refuse_changes(self) -> Iterator[Finding]:
        """Find postings that stand and that the file would change."""
        for name in POSTINGS:
            part = self.plan.parts.get(name)
            for one in part.wanted if part else ():
                assert part is not None
                if list(one.versions) != list(part.found[one.record_id].versions):
                    label = part.relation.label
                    yield _finding(
                        "money/posted",
                        Text(
                            f"{label.zh}已经登记，文件不能改它。",
                            f"{label.en}: it is posted, and a file cannot change it.",
                        ),
                        Text("用红字、退款、转回或冲回更正。", "Correct it by a credit note, a refund or a reversal."),
                        part.rows[one.record_id],
                    )

    def invoices(self) -> Iterator[Finding]:
        """Place invoices; one without a contract owes by a term of its own, below zero it is a credit note."""
        part = self.plan.parts.get("invoices")
        news = part.news if part else {}
        credited = self.plan.rows_of("invoices", {new.values.get("reverses_id") or 0 for new in news.values()} - {0})
        sellers = self._sellers({new.values.get("customer_id") or 0 for new in news.values()} - {0})
        for number, new in list(news.items()):
            assert part is not None
            values, day = _completed(new.values, credited), self._posted(new.values["day"])
            contract = self.contracts.get(values.get("contract_id") or 0)
            seller = values.get("seller_id") or sellers.get(values.get("customer_id") or 0)
            lacks = [name for name in ("customer_id", "due_day") if values.get(name) is None]
            if contract is None and (lacks or seller is None):
                yield _finding(
                    "money/invoice-alone",
                    Text(
                        "没有合同的发票要有负责人、客户和应收日。",
                        "An invoice without a contract needs owner, account and due day.",
                    ),
                    Text("补上它们，或写合同号。", "Tell them, or the contract."),
                    part.rows[number],
                )
                continue
            place = _place(contract) if contract else {"owner_id": seller, "effective_day": day}
            customer = values.get("customer_id") or (contract or {}).get("customer_id")
            told = values | place | {"posted_day": day, "customer_id": customer}
            if contract is None and not values.get("term_id"):
                told |= {"term_id": self._own_term(told, day)}
            part.news[number] = new._replace(values=told, from_day=day)

    def _sellers(self, customers: set[int]) -> dict[int, int]:
        """Return who looks after accounts: the owner of the latest contract of each, else of its latest opportunity."""
        found: dict[int, int] = {}
        for name in ("deals", "contracts"):
            rows = select_rows(
                record_table(name),
                ["customer_id", "owner_id"],
                [among("customer_id", customers), ("NOT removed", None)],
                order=("id",),
            )
            found |= dict(rows)
            news = _news(self.plan, name).values()
            found |= {
                new.values["customer_id"]: new.values["owner_id"]
                for new in news
                if new.values.get("customer_id") in customers
            }
        return found

    def terms(self) -> Iterator[Finding]:
        """Place payment terms: with their contract, or with the invoice that they are owed by."""
        part = self.plan.parts.get("payment_terms")
        owed_by = {
            new.values["term_id"]: new.values
            for new in _news(self.plan, "invoices").values()
            if new.values.get("term_id")
        }
        for number, new in list(part.news.items()) if part else ():
            assert part is not None
            values = new.values
            contract, invoice = self.contracts.get(values.get("contract_id") or 0), owed_by.get(number)
            if contract is None and (invoice is None or "owner_id" not in invoice):
                yield _finding(
                    "money/term-alone",
                    Text(
                        "付款条件没有合同，也没有发票说是谁的。",
                        "The payment term has no contract, and no invoice says whose it is.",
                    ),
                    Text("写合同号，或同时导入它的发票。", "Tell its contract, or import its invoice too."),
                    part.rows[number],
                )
                continue
            source = contract or invoice or {}
            begins = self.since.get(values.get("contract_id") or 0, int(source["effective_day"] or 0))
            amount = int(values["amount"])
            own = {"allocated": 0, "written_off": 0, "open": amount}
            told = values | {name: source[name] for name in PLACE} | own
            told["customer_id"] = values.get("customer_id") or source.get("customer_id")
            part.news[number] = new._replace(values=told, from_day=max(new.from_day, begins))
            self.left[number] = amount

    def recognitions(self) -> Iterator[Finding]:
        """Give recognition its amount with tax, in the order of posting."""
        part = self.plan.parts.get("recognitions")
        if part is None:
            return
        so_far = {
            number: Both(int(row.get("recognised") or 0), int(row.get("recognised_ex") or 0))
            for number, row in self.contracts.items()
        }
        wholes = self._wholes()
        order = sorted(part.news, key=lambda number: (self._posted(part.news[number].values["day"]), number))
        for number in order:
            new = part.news[number]
            contract, amount = new.values["contract_id"], int(new.values["amount_ex"])
            whole, row = wholes[contract], self.contracts[contract]
            if row.get("intake") not in (None, COUNTED):
                yield _finding("money/no-order", *no_order(str(row["code"])), part.rows[number])
                continue
            if whole is None or not whole.excl:
                yield _finding(
                    "money/no-amount-excl",
                    Text("合同没有不含税金额，不能确认收入。", "The contract has no amount excl. tax to recognise of."),
                    Text("先在合同里写不含税金额。", "Tell the contract's amount excl. tax first."),
                    part.rows[number],
                )
                continue
            incl = with_tax(amount, so_far[contract], whole)
            so_far[contract] = Both(so_far[contract].incl + incl, so_far[contract].excl + amount)
            day = max(self._posted(new.values["day"]), int(row["posted_day"]))
            told = new.values | _place(row) | {"amount": incl, "posted_day": day}
            part.news[number] = new._replace(values=told, from_day=day)

    def receipts(self) -> Iterator[Finding]:
        """Let receipts post on the day they are cash."""
        part = self.plan.parts.get("receipts")
        for number, new in list(part.news.items()) if part else ():
            assert part is not None
            values, day = new.values, int(new.values["day"])
            if day not in self.bills:
                self.bills[day] = str(rule_on("cash.bills", day))
            kind, matures = int(values.get("kind") or TRANSFER), values.get("maturity_day")
            cash = cash_day(kind, day, matures, self.bills[day])
            part.news[number] = new._replace(values=values | {"posted_day": self._posted(cash)}, from_day=day)
        yield from ()

    def allocations(self) -> Iterator[Finding]:
        """Place what a file says of where receipts went."""
        part = self.plan.parts.get("allocations")
        news = part.news if part else {}
        terms = self._terms({new.values["term_id"] for new in news.values() if new.values.get("term_id")})
        receipts = self.plan.rows_of("receipts", {new.values["receipt_id"] for new in news.values()})
        for number, new in list(news.items()):
            assert part is not None
            receipt, term = receipts[new.values["receipt_id"]], terms.get(new.values.get("term_id") or 0)
            day = self._posted(
                max(int(new.values["day"]), int(receipt["posted_day"]), self._begins(new.values.get("term_id")))
            )
            part.news[number] = new._replace(values=new.values | self._posting(receipt, term, day), from_day=day)
            self.paid[new.values["receipt_id"]].append((day, int(new.values["received"])))
            if new.values.get("term_id"):
                self.left[new.values["term_id"]] -= int(new.values["amount"])
                if self.left[new.values["term_id"]] < 0:
                    yield _finding(
                        "money/more-than-open",
                        *_more_than_open(str((term or {}).get("code") or ""), -self.left[new.values["term_id"]]),
                        part.rows[number],
                    )
        for receipt_id, parts in self.paid.items():
            total, amount = sum(worth for _, worth in parts), self._to_allocate(receipt_id, receipts[receipt_id])
            if abs(total) > abs(amount) or total * amount < 0:
                yield _finding(
                    "money/more-than-received", *_more_than_received(receipts[receipt_id], total, amount), None
                )

    def pay(self) -> Iterator[Finding]:
        """Set new receipts that tell nothing against the account's terms, first due first, and the rest to nothing."""
        news = _news(self.plan, "receipts")
        alone = {number for number in news if number not in self.paid}
        customers = {int(news[number].values.get("customer_id") or 0) for number in alone} - {0}
        offered = self._offered(customers)
        for number in sorted(news, key=lambda one: (news[one].values["posted_day"], one)):
            receipt, amount = news[number].values, int(news[number].values["amount"])
            if number not in alone:
                parts = self.paid[number]
                self._hold(number, receipt, parts, amount - sum(worth for _, worth in parts))
                continue
            if receipt.get("currency") not in (None, OWN):
                found = {TO_NOTHING: amount}
            else:
                found = first_due_first(amount, self._open(offered.get(receipt.get("customer_id") or 0, ())))
            self._pay(number, receipt, found)
        self._take_from_nothing(self.paid.keys() - news.keys())
        yield from ()

    def write_offs(self) -> Iterator[Finding]:
        """Place write-offs with their term."""
        part = self.plan.parts.get("write_offs")
        news = part.news if part else {}
        terms = self._terms({new.values["term_id"] for new in news.values()})
        for number, new in list(news.items()):
            assert part is not None
            term, amount, day = terms[new.values["term_id"]], int(new.values["amount"]), self._posted(new.values["day"])
            told = new.values | {name: term[name] for name in PLACE}
            told |= {"contract_id": term.get("contract_id"), "posted_day": day}
            part.news[number] = new._replace(values=told, from_day=day)
            self.left[new.values["term_id"]] -= amount
            if self.left[new.values["term_id"]] < 0:
                left = -self.left[new.values["term_id"]]
                yield _finding("money/more-than-open", *_more_than_open(str(term["code"]), left), part.rows[number])

    def _posted(self, day: int) -> int:
        return posting_day(int(day), self.plan.closed)

    def _part(self, name: str) -> Part:
        if name not in self.plan.parts:
            self.plan.parts[name] = Part(RELATIONS[name], deriver(name))
        return self.plan.parts[name]

    def _add(self, name: str, new: New) -> int:
        part = self._part(name)
        if name not in self.last:
            self.last[name] = max(part.news) if part.news else next_id(RECORDS[name]) - 1
        self.last[name] += 1
        part.news[self.last[name]] = new
        return self.last[name]

    def _own_term(self, invoice: Columns, day: int) -> int:
        """Add the term by which an invoice without a contract is owed."""
        names = ("code", "name", "customer_id", "amount", "due_day")
        return self._add("payment_terms", New({name: invoice.get(name) for name in names}, day))

    def _terms(self, numbers: set[int]) -> dict[int, Columns]:
        """Return terms, each read once, and note what is open of those that stand and with which contract."""
        missing = {number for number in numbers if number not in self.known}
        found = self.plan.rows_of("payment_terms", missing) if missing else {}
        for number, row in found.items():
            self.left.setdefault(number, int(row["open"]))
        named = {row["contract_id"] for row in found.values() if row.get("contract_id")}
        named = {number for number in named if number not in self.contracts}
        self.contracts |= self.plan.rows_of("contracts", named) if named else {}
        self.known |= found
        return {number: self.known[number] for number in numbers}

    def _offered(self, customers: set[int]) -> dict[int, list[tuple[int, OpenTerm, Columns]]]:
        """Return the terms of accounts that receipts may pay, those that stand and those that come."""
        found: dict[int, list[tuple[int, OpenTerm, Columns]]] = defaultdict(list)
        if not customers:
            return found
        conditions = [among("customer_id", customers), ("NOT removed", None)]
        standing = [number for (number,) in select_rows(record_table("payment_terms"), ["id"], conditions)]
        coming = [
            number
            for number, new in _news(self.plan, "payment_terms").items()
            if new.values.get("customer_id") in customers
        ]
        for number, row in self._terms({*standing, *coming}).items():
            term = OpenTerm(number, row.get("due_day"), 0, int(row.get("allocated") or 0), str(row.get("code") or ""))
            found[row["customer_id"]].append((number, term, row))
        return found

    def _open(self, terms: list[tuple[int, OpenTerm, Columns]] | tuple[()]) -> list[OpenTerm]:
        return [
            OpenTerm(number, term.due_day, self.left[number], term.allocated, term.name) for number, term, _ in terms
        ]

    def _pay(self, number: int, receipt: Columns, found: Mapping[int, int]) -> None:
        """Add what a receipt pays; a term is not paid before it begins."""
        self._terms({term for term in found if term != TO_NOTHING})
        parts = []
        for term in (one for one in found if one != TO_NOTHING):
            day = max(int(receipt["posted_day"]), self._begins(term))
            self._add_allocation(number, receipt, term, day, found[term])
            parts.append((day, found[term]))
            self.left[term] -= found[term]
        self._hold(number, receipt, parts, found.get(TO_NOTHING, 0))

    def _hold(self, number: int, receipt: Columns, parts: Sequence[tuple[int, int]], rest: int) -> None:
        """Add what of a receipt is set against nothing: its rest, and what pays only later until it does."""
        day = int(receipt["posted_day"])
        to_nothing = Counter(held_until(day, parts))
        to_nothing[day] += rest
        for on, worth in sorted(to_nothing.items()):
            if worth:
                self._add_allocation(number, receipt, TO_NOTHING, on, worth)

    def _take_from_nothing(self, receipts: Iterable[int]) -> None:
        """Take what the file allocates of receipts that stand from what of them was set against nothing."""
        stand = self.plan.rows_of("receipts", receipts)
        conditions = [among("receipt_id", stand)]
        self.added.update(number for (number,) in select_rows(record_table("allocations"), ["receipt_id"], conditions))
        for number, receipt in stand.items():
            moved = Counter[int]()
            for day, worth in self.paid[number]:
                moved[day] -= worth
            for day, worth in sorted(moved.items()):
                self._add_allocation(number, receipt, TO_NOTHING, day, worth)

    def _to_allocate(self, number: int, receipt: Columns) -> int:
        """Return what the file may allocate of a receipt: all of one that comes, of one that stands what is left."""
        if number in _news(self.plan, "receipts"):
            return int(receipt["amount"])
        conditions = [("receipt_id = %s", number), ("term_id IS NULL", None), ("NOT removed", None)]
        return sum(worth for (worth,) in select_rows(record_table("allocations"), ["received"], conditions))

    def _add_allocation(self, number: int, receipt: Columns, term: int, day: int, worth: int) -> None:
        self.added[number] += 1
        way = TAKEN_BACK if term == TO_NOTHING and worth < 0 < int(receipt["amount"]) else FIRST_DUE
        told: Columns = {"receipt_id": number, "day": day, "amount": worth, "received": worth, "way": way}
        told |= {"code": f"HX-{receipt['code']}-{self.added[number]}", "term_id": term or None}
        self._add("allocations", New(told | self._posting(receipt, self.known.get(term), day), day))

    def _begins(self, term: int | None) -> int:
        """Return the first day of a term that was read, of those that come as of those that stand; 0 without one."""
        if not term:
            return 0
        coming = _news(self.plan, "payment_terms").get(term)
        return coming.from_day if coming else int(self.known[term]["since_day"])

    def _posting(self, receipt: Columns, term: Columns | None, day: int) -> Columns:
        """Return where a part of a receipt stands: with its term, else with the receipt."""
        if term is None:
            own = {"owner_id": receipt["owner_id"], "effective_day": day, "customer_id": receipt.get("customer_id")}
            return own | {"posted_day": day}
        deal = self.contracts[term["contract_id"]].get("deal_id") if term.get("contract_id") else None
        own = {name: term[name] for name in (*PLACE, "customer_id")}
        return own | {"contract_id": term.get("contract_id"), "deal_id": deal, "posted_day": day}

    def _wholes(self) -> dict[int, Both | None]:
        """Return what contracts come to with what changes them; None where a part has no amount without tax."""
        conditions = [among("amends_id", self.contracts), ("NOT removed", None)]
        changes = list(select_rows(record_table("contracts"), ["amends_id", "amount", "amount_ex"], conditions))
        changes += [
            (new.values["amends_id"], new.values["amount"], new.values.get("amount_ex"))
            for new in _news(self.plan, "contracts").values()
            if new.values.get("amends_id") in self.contracts
        ]
        parts: dict[int, list[tuple[int, int | None]]] = {
            number: [(int(row["amount"]), row.get("amount_ex"))] for number, row in self.contracts.items()
        }
        for number, amount, amount_ex in changes:
            parts[number].append((int(amount), amount_ex))
        return {number: _summed(own) for number, own in parts.items()}


def _summed(parts: list[tuple[int, int | None]]) -> Both | None:
    without = [one for _, one in parts if one is not None]
    return Both(sum(one for one, _ in parts), sum(without)) if len(without) == len(parts) else None


def _completed(values: Columns, credited: Mapping[int, Columns]) -> Columns:
    """Return an invoice with what follows where a file leaves it out: its kind, and where what it credits stands."""
    told = dict(values)
    if int(told.get("amount") or 0) < 0:
        told["kind"] = RED
    of = credited.get(told.get("reverses_id") or 0, {})
    for name in ("contract_id", "seller_id", "customer_id"):
        if told.get(name) is None:
            told[name] = of.get(name)
    return told


def _place(contract: Columns) -> Columns:
    return {name: contract[name] for name in PLACE}


def _more_than_open(term: str, over: int) -> tuple[Text, Text]:
    told = to_decimal(over)
    return (
        Text(f"付款条件 {term} 没有这么多未收，多了 {told}。", f"{term}: {told} more than is open."),
        Text("改小金额，多出的部分不写付款条件。", "Lower it; leave the term blank for what is over."),
    )


def _more_than_received(receipt: Columns, total: int, amount: int) -> tuple[Text, Text]:
    code, given, came = receipt.get("code") or "", to_decimal(total), to_decimal(amount)
    return (
        Text(f"收款 {code} 核销了 {given}，只收了 {came}。", f"{given} are allocated of {code}, which is {came}."),
        Text("改小核销额。", "Lower what is allocated."),
    )


def _finding(rule: str, message: Text, remedy: Text, row: Staged | None) -> Finding:
    return Finding(rule, message, remedy, sheet=row.sheet if row else "", row=row.row if row else None)
