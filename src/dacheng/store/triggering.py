"""What milestones of a contract bring to its payment terms: their due day, once they are reached (R160)."""

from __future__ import annotations

from collections.abc import Mapping

from dacheng.core.delivery.triggering import Agreement, Step, Triggered, triggered
from dacheng.core.facts import apply, patch
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry
from dacheng.store.saving import Becoming, become
from dacheng.store.standing import Standing, record_table, standing


def trigger_terms(entry: Entry, contract_id: int, *, take_back: bool = False) -> None:
    """Give terms of a contract the due day that its milestones bring; what was agreed by hand stays until then.

    Args:
        take_back: a milestone is no longer reached, so that what it brought waits again.
    """
    terms = of_contract("payment_terms", contract_id)
    at = RELATIONS["payment_terms"].positions["due_day"]
    wanted = []
    for number, one in triggered_terms(terms, milestones_of(contract_id)).items():
        if one.due_day is None and not take_back:
            continue
        term = terms[number]
        day = max(entry.day, term.first_day)
        wanted.append(Becoming(number, apply(term.versions, patch(term.versions, {at: one.due_day}, day))))
    become(entry, "payment_terms", terms, wanted)


def triggered_terms(terms: Mapping[int, Standing], milestones: Mapping[int, Standing]) -> dict[int, Triggered]:
    """Return when terms of one contract are due by its milestones, by the term's own number."""
    agreed = [
        Agreement(number, int(one.row["falls_due"]), int(one.row["days_after"] or 0)) for number, one in terms.items()
    ]
    return triggered(agreed, (_step(one) for one in milestones.values()))


def milestones_of(contract_id: int) -> dict[int, Standing]:
    """Return the milestones of a contract by their own number, the first planned first."""
    found = of_contract("milestones", contract_id)
    return dict(sorted(found.items(), key=lambda one: (int(one[1].row["planned_day"]), one[0])))


def of_contract(name: str, contract_id: int) -> dict[int, Standing]:
    """Return the records of a relation that stand with a contract, by their own number."""
    conditions = [among("contract_id", [contract_id]), ("NOT removed", None)]
    found = standing(name, [number for (number,) in select_rows(record_table(name), ["id"], conditions)])
    return {number: found[number] for number in sorted(found)}


def _step(milestone: Standing) -> Step:
    row = milestone.row
    expected = row["planned_day"] if row["forecast_day"] is None else row["forecast_day"]
    return Step(int(row["kind"]), row["term_id"], int(expected), row["reached_day"])
