"""Contract to cash of a folder: posting days, places, what is recognised, collected, open (补全, ADR 0015)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from dacheng.core.cash.deriving import ON_MATURITY, cash_day, running
from dacheng.core.company import Frame
from dacheng.core.contracts.deriving import Contracts, line_spans
from dacheng.core.delivery.recognising import Both, with_tax
from dacheng.core.facts import Steps
from dacheng.core.schema import RELATIONS

Columns = dict[str, list[int | None]]
Row = dict[str, int | None]
PLACE = ("owner_id", "effective_day")
POSTINGS = ("recognitions", "invoices", "allocations", "write_offs")
DUNNED = ("dunning_steps", "promises")
DELIVERED = ("projects", "milestones")


def settled(frames: Mapping[str, Frame], contracts: Contracts, bills: str = ON_MATURITY) -> dict[str, Frame]:
    """Return contracts, recognition, terms, invoices, receipts, allocations and write-offs with what follows.

    Args:
        contracts: their versions by day. bills: when an acceptance bill is cash.
    """
    found = _settled(frames, contracts, bills)
    return {name: frames[name] if _is_whole(name, frames[name]) else frame for name, frame in found.items()}


def _is_whole(name: str, frame: Frame) -> bool:
    """Tell whether a folder gives everything of a relation itself: such rows stay as they are."""
    return all(column.name in frame.columns for column in RELATIONS[name].facts)


def _settled(frames: Mapping[str, Frame], contracts: Contracts, bills: str) -> dict[str, Frame]:
    found = {name: _posted(frames[name]) for name in POSTINGS}
    found["receipts"] = _cash(frames["receipts"], bills)
    found["contracts"] = frames["contracts"]
    found["recognitions"] = _taxed(found["recognitions"], found["contracts"])
    terms = _of_contract(frames["payment_terms"], found["contracts"])
    found["write_offs"] = _of_term(found["write_offs"], terms)
    paid = _of_receipt(_of_term(found["allocations"], terms), found["receipts"])
    found["allocations"] = _of_deal(paid, found["contracts"])
    owners = dict(zip(found["receipts"].columns["receipt_id"], found["receipts"].columns["owner_id"], strict=True))
    for name in POSTINGS:
        found[name] = placed(found[name], contracts, owners)
    found["write_offs"] = _without(found["write_offs"], "customer_id")
    found["payment_terms"] = _open(placed(terms, contracts, {}), found["allocations"], found["write_offs"])
    for name in DUNNED:
        found[name] = placed(_of_term(_known_from(frames[name], frames[name].columns["day"]), terms), contracts, {})
    of_project = frames["projects"].columns
    contract_of = dict(zip(of_project["project_id"], of_project["contract_id"], strict=True))
    named = [contract_of.get(one) for one in frames["milestones"].columns["project_id"]]
    steps = _with(frames["milestones"], {"contract_id": named})
    for name, frame in zip(DELIVERED, (frames["projects"], steps), strict=True):
        found[name] = placed(frame, contracts, {})
    found["contracts"] = _recognised(found["contracts"], found["recognitions"])
    return found


def placed(frame: Frame, contracts: Contracts, owners: Mapping[int | None, int | None]) -> Frame:
    """Put rows where their contract stands, cut where it changes hands; without one, at the receipt's owner."""
    if all(name in frame.columns for name in PLACE):
        return frame
    parts: list[tuple[int, int, int, int | None, int | None]] = []
    for row in range(len(frame)):
        one = {name: values[row] for name, values in frame.columns.items()}
        start, end = one["from_day"] or 0, one["to_day"] or 0
        versions = contracts.get(one.get("contract_id") or 0, ())
        if versions:
            parts += [(row, *span) for span in line_spans(start, end, versions)]
        else:
            owner = one.get("owner_id") or one.get("seller_id") or owners.get(one.get("receipt_id"), 0) or 0
            parts.append((row, start, end, owner, one.get("posted_day", start)))
    added: Columns = {name: [part[at] for part in parts] for at, name in enumerate(("from_day", "to_day", *PLACE), 1)}
    return _taken(frame, [part[0] for part in parts], added)


def stepped(frame: Frame, key: str, steps: Mapping[str, Mapping[int, Steps]]) -> Frame:
    """Cut rows where a derived column changes, and fill it; before its first step it is 0.

    Args:
        steps: column -> key -> (day, value) by day.
    """
    rows: list[int] = []
    added: dict[str, list[int | None]] = {name: [] for name in ("from_day", "to_day", *steps)}
    for row, (number, start, end) in enumerate(
        zip(frame.columns[key], frame.columns["from_day"], frame.columns["to_day"], strict=True)
    ):
        own = {name: of.get(number or 0, ()) for name, of in steps.items()}
        first, last = start or 0, end or 0
        cuts = [first, *sorted({day for one in own.values() for day, _ in one if first < day < last}), last]
        for begin, stop in pairwise(cuts):
            rows.append(row)
            added["from_day"].append(begin)
            added["to_day"].append(stop)
            for name, one in own.items():
                added[name].append(next((value for day, value in reversed(one) if day <= begin), 0))
    return _taken(frame, rows, added)


def _posted(frame: Frame) -> Frame:
    """Let postings post on their day and be known from then on."""
    days = frame.columns.get("posted_day", frame.columns["day"])
    return _known_from(frame, days)


def _cash(frame: Frame, bills: str) -> Frame:
    """Let receipts post on the day they are cash; they are known from the day they came."""
    columns = frame.columns
    told = zip(columns["kind"], columns["day"], columns["maturity_day"], strict=True)
    days = columns.get("posted_day") or [cash_day(kind or 0, day or 0, due, bills) for kind, day, due in told]
    known = [max(start or 0, day or 0) for start, day in zip(columns["from_day"], columns["day"], strict=True)]
    return _with(frame, {"posted_day": days, "from_day": known})


def _known_from(frame: Frame, days: Sequence[int | None]) -> Frame:
    known = [max(start or 0, day or 0) for start, day in zip(frame.columns["from_day"], days, strict=True)]
    return _with(frame, {"posted_day": days, "from_day": known})


def _taxed(frame: Frame, contracts: Frame) -> Frame:
    """Give recognition its amount with tax, in the order of posting, by the contract with what changed it by then."""
    if "amount" in frame.columns:
        return frame
    of: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    names = ("contract_id", "amends_id", "posted_day", "amount", "amount_ex")
    for own, changed, day, amount, amount_ex in zip(*(contracts.columns[name] for name in names), strict=True):
        of[changed or own or 0].append((day or 0, amount or 0, amount_ex or 0))
    so_far: dict[int, Both] = defaultdict(lambda: Both(0, 0))
    amounts: list[int | None] = [0] * len(frame)
    days, numbers = frame.columns["posted_day"], frame.columns["recognition_id"]
    for row in sorted(range(len(frame)), key=lambda at: (days[at] or 0, numbers[at] or 0)):
        contract, new = frame.columns["contract_id"][row] or 0, frame.columns["amount_ex"][row] or 0
        by_then = [(incl, excl) for day, incl, excl in of[contract] if day <= (days[row] or 0)] or [(new, new)]
        whole = Both(sum(one for one, _ in by_then), sum(one for _, one in by_then))
        amounts[row] = with_tax(new, so_far[contract], whole)
        so_far[contract] = Both(so_far[contract].incl + (amounts[row] or 0), so_far[contract].excl + new)
    return _with(frame, {"amount": amounts})


def _of_contract(terms: Frame, contracts: Frame) -> Frame:
    """Let terms without an account name their contract's."""
    customer = dict(zip(contracts.columns["contract_id"], contracts.columns["customer_id"], strict=True))
    pairs = zip(terms.columns["customer_id"], terms.columns["contract_id"], strict=True)
    return _with(terms, {"customer_id": [own or customer.get(contract) for own, contract in pairs]})


def _of_term(postings: Frame, terms: Frame) -> Frame:
    """Let postings name the contract and the account of their term where they name none."""
    number = terms.columns["term_id"]
    found: dict[str, list[int | None]] = {}
    for name in ("contract_id", "customer_id"):
        of = dict(zip(number, terms.columns[name], strict=True))
        own = postings.columns.get(name, [None] * len(postings))
        pairs = zip(own, postings.columns["term_id"], strict=True)
        found[name] = [one or of.get(term) for one, term in pairs]
    return _with(postings, found)


def _of_receipt(allocations: Frame, receipts: Frame) -> Frame:
    """Let what is allocated to nothing name the account of its receipt."""
    of = dict(zip(receipts.columns["receipt_id"], receipts.columns["customer_id"], strict=True))
    pairs = zip(allocations.columns["customer_id"], allocations.columns["receipt_id"], strict=True)
    return _with(allocations, {"customer_id": [own or of.get(receipt) for own, receipt in pairs]})


def _of_deal(allocations: Frame, contracts: Frame) -> Frame:
    """Let cash name the opportunity of its contract, by whose split it is parted."""
    of = dict(zip(contracts.columns["contract_id"], contracts.columns["deal_id"], strict=True))
    return _with(allocations, {"deal_id": [of.get(one) for one in allocations.columns["contract_id"]]})


def _open(terms: Frame, allocations: Frame, write_offs: Frame) -> Frame:
    """Fill what is collected, written off and open of every term, day by day."""
    if "open" in terms.columns:
        return terms
    found = stepped(
        terms, "term_id", {"allocated": _steps(allocations, "term_id"), "written_off": _steps(write_offs, "term_id")}
    )
    names = ("amount", "allocated", "written_off")
    told = zip(*(found.columns[name] for name in names), strict=True)
    return _with(found, {"open": [(amount or 0) - (paid or 0) - (off or 0) for amount, paid, off in told]})


def _recognised(contracts: Frame, recognitions: Frame) -> Frame:
    if "recognised" in contracts.columns:
        return contracts
    steps = {
        "recognised_ex": _steps(recognitions, "contract_id", "amount_ex"),
        "recognised": _steps(recognitions, "contract_id"),
    }
    return stepped(contracts, "contract_id", steps)


def _steps(postings: Frame, key: str, amount: str = "amount") -> dict[int, Steps]:
    """Return what postings come to by key and day; each posting counts once, however often it is cut."""
    own = next(iter(postings.columns))
    of: dict[int, dict[int | None, tuple[int, int]]] = defaultdict(dict)
    names = (own, key, "posted_day", amount)
    for number, to, day, value in zip(*(postings.columns[name] for name in names), strict=True):
        if to:
            of[to][number] = (day or 0, value or 0)
    return {to: running(parts.values()) for to, parts in of.items()}


def _with(frame: Frame, columns: Mapping[str, Sequence[int | None]]) -> Frame:
    return Frame({**frame.columns, **columns}, frame.labels)


def _without(frame: Frame, *names: str) -> Frame:
    return Frame({name: values for name, values in frame.columns.items() if name not in names}, frame.labels)


def _taken(frame: Frame, rows: Sequence[int], added: Columns) -> Frame:
    kept = {name: [values[row] for row in rows] for name, values in frame.columns.items()}
    return Frame({**kept, **added}, {name: [texts[row] for row in rows] for name, texts in frame.labels.items()})
