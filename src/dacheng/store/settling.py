"""What postings leave behind: what is open of terms, what is recognised of contracts, where it stands (ADR 0015).

Whatever posts, by an action, an import or an undo, calls this in the same entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from dacheng.core.cash.deriving import ON_MATURITY, running
from dacheng.core.facts import Steps, apply, overlay
from dacheng.core.rules import RuleValue as Value
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry
from dacheng.store.models import RuleValue
from dacheng.store.models.described import FAR_SEQ
from dacheng.store.saving import Becoming, become
from dacheng.store.standing import Standing, record_table, standing

PLACE = ("owner_id", "effective_day")
"""Columns that everything of a contract takes from it."""

FOLLOWED = (*PLACE, "deal_id")
"""Columns that cash takes from it too: the split of the deal parts it."""

OF_CONTRACTS = (
    "payment_terms", "recognitions", "invoices", "allocations", "write_offs", "projects", "milestones",
    "dunning_steps", "promises",
)  # fmt: skip
"""Relations whose rows stand where their contract stands."""


def recount_terms(entry: Entry, term_ids: Iterable[int]) -> None:
    """Let terms say day by day what was collected and written off of them, and so what is open."""
    terms = standing("payment_terms", term_ids)
    steps = {
        "allocated": _sums("allocations", "term_id", terms),
        "written_off": _sums("write_offs", "term_id", terms),
    }
    _step(entry, "payment_terms", terms, steps)


def recount_contracts(entry: Entry, contract_ids: Iterable[int]) -> None:
    """Let contracts say day by day what is recognised of them."""
    contracts = standing("contracts", contract_ids)
    steps = {
        "recognised": _sums("recognitions", "contract_id", contracts),
        "recognised_ex": _sums("recognitions", "contract_id", contracts, "amount_ex"),
    }
    _step(entry, "contracts", contracts, steps)


def money_follows(entry: Entry, contract_ids: Iterable[int]) -> None:
    """Give everything of contracts their owner and effective day, as the contracts have them day by day."""
    contracts = standing("contracts", contract_ids)
    if not contracts:
        return
    at = RELATIONS["contracts"].positions
    told = {
        number: {name: [(one.from_day, one.values[at[name]]) for one in contract.versions] for name in FOLLOWED}
        for number, contract in contracts.items()
    }
    for name in OF_CONTRACTS:
        conditions = [among("contract_id", contracts), ("NOT removed", None)]
        rows = standing(name, (row[0] for row in select_rows(record_table(name), ["id"], conditions)))
        into = RELATIONS[name].positions
        follows = FOLLOWED if name == "allocations" else PLACE
        wanted = []
        for one in rows.values():
            steps = {into[column]: days for column, days in told[one.row["contract_id"]].items() if column in follows}
            versions = apply(one.versions, overlay(one.versions, steps, one.first_day))
            wanted.append(Becoming(one.record_id, versions))
        become(entry, name, rows, wanted)


def rule_on(name: str, day: int, default: Value = ON_MATURITY) -> Value:
    """Return the company's own value of a rule on a day, else the default that ships."""
    rows = RuleValue.objects.filter(name=name, seq_to=FAR_SEQ, from_day__lte=day).order_by("-from_day")
    found = rows.values_list("value", flat=True).first()
    return default if found is None else found


def _sums(relation: str, key: str, records: Iterable[int], amount: str = "amount") -> Mapping[int, Steps]:
    """Return what the postings of records come to from each day on."""
    conditions = [among(key, records), ("NOT removed", None)]
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, day, value in select_rows(record_table(relation), [key, "posted_day", amount], conditions):
        found[number].append((day, value))
    return {number: running(postings) for number, postings in found.items()}


def _step(entry: Entry, name: str, records: Mapping[int, Standing], steps: Mapping[str, Mapping[int, Steps]]) -> None:
    """Let derived columns of records take their steps, and nothing before the first."""
    at = RELATIONS[name].positions
    wanted = []
    for number, one in records.items():
        first = one.first_day
        told = {
            at[column]: [(first, 0), *((max(day, first), value) for day, value in of.get(number, ()))]
            for column, of in steps.items()
        }
        wanted.append(Becoming(number, apply(one.versions, overlay(one.versions, told, first))))
    become(entry, name, records, wanted)
