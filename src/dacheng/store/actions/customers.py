"""Customers (客户): created and edited; they hold always, so nothing about them is dated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.bulk import select_rows
from dacheng.store.history import writing
from dacheng.store.identity import hidden
from dacheng.store.standing import Standing, standing_uid


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
    return rights.meets(customer.record_id) or _created_by(customer.record_id, rights.viewer.person_id)


def _created_by(customer: int, person: int) -> bool:
    created = f"relation = 'customers' AND record_id = {int(customer)} AND before = ''"
    by_person = f"seq IN (SELECT seq FROM log WHERE actor_id = {int(person)})"
    return bool(select_rows("log_change", ["seq"], [(created, None), (by_person, None)]))
