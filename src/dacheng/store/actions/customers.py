"""Customers (客户): created and edited; they hold always, so nothing about them is dated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import NOBODY, Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.bulk import select_rows
from dacheng.store.history import writing
from dacheng.store.identity import hidden
from dacheng.store.standing import Standing, record_table, standing, standing_uid

SEEN_THROUGH = ("deals", "contracts")


def create_customer(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a customer; without a code one is made.

    Raises:
        RuleError: the code is in use; by whom is not said.
    """
    with writing(actor, at, "customer.created") as entry:
        rights = require(entry, "customer.edit")
        return Saved(add(entry, "customers", typed(rights, "customers", values), FIRST_DAY, prefix="K").uid, 1)


def edit_customer(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a customer's labels.

    Raises:
        NotFound: the actor sees no deal or contract of it. Conflict: somebody changed it meanwhile.
    """
    with writing(actor, at, "customer.edited") as entry:
        rights = require(entry, "customer.edit")
        customer = standing_uid("customers", uid)
        if not sees_customer(rights, customer):
            raise hidden(RELATIONS["customers"].label)
        return revise(entry, "customers", customer, typed(rights, "customers", values), version, entry.day)


def sees_customer(rights: Rights, customer: Standing) -> bool:
    """Tell whether a customer is seen: through a deal or contract, by who created it, or by who sees everything."""
    viewer = rights.viewer
    top = int(rights.tree.unit_ids[0]) if len(rights.tree) else NOBODY
    if rights.sees_unit(top) or _created_by(customer.record_id, viewer.person_id):
        return True
    return any(
        rights.sees(name, one)
        for name in SEEN_THROUGH
        for one in standing(name, _of_customer(name, customer.record_id)).values()
    )


def _of_customer(name: str, customer: int) -> list[int]:
    conditions = [("customer_id = %s", customer), ("NOT removed", None)]
    return [row[0] for row in select_rows(record_table(name), ["id"], conditions)]


def _created_by(customer: int, person: int) -> bool:
    created = f"relation = 'customers' AND record_id = {int(customer)} AND before = ''"
    by_person = f"seq IN (SELECT seq FROM log WHERE actor_id = {int(person)})"
    return bool(select_rows("log_change", ["seq"], [(created, None), (by_person, None)]))
