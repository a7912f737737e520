"""Customers (客户): created and edited; they hold always, dated is only which type they are of (R095, R043)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.history.schema import CUSTOMER
from dacheng.core.period import FIRST_DAY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.bulk import select_rows
from dacheng.store.history import writing
from dacheng.store.identity import hidden
from dacheng.store.standing import Columns, Standing, standing, standing_uid


def create_customer(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a customer; without a code one is made.

    Raises:
        RuleError: the code is in use; by whom is not said. Or the type is a segment of another dimension.
    """
    with writing(actor, at, "customer.created") as entry:
        rights = require(entry, "customer.edit")
        given = typed(rights, "customers", values)
        _check_type(given)
        _check_partner(given)
        return Saved(add(entry, "customers", given, FIRST_DAY, prefix="K").uid, 1)


def edit_customer(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a customer's labels, or from this day on its type.

    Raises:
        NotFound: the actor sees no deal or contract of it. Conflict: somebody changed it meanwhile.
        RuleError: the type is a segment of another dimension, or the partner belongs to another one.
    """
    with writing(actor, at, "customer.edited") as entry:
        rights = require(entry, "customer.edit")
        customer = standing_uid("customers", uid)
        if not sees_customer(rights, customer):
            raise hidden(RELATIONS["customers"].label)
        given = typed(rights, "customers", values)
        _check_type(given)
        _check_partner(given, customer.record_id)
        return revise(entry, "customers", customer, given, version, entry.day)


def _check_partner(given: Columns, own: int = 0) -> None:
    """Refuse a partner that belongs to another one, or an account that others belong to: one step and no more.

    Args:
        own: the account itself; 0 = it is just created.

    Raises:
        RuleError: names the account.
    """
    wanted = given.get("partner_id")
    if not wanted:
        return
    partner = standing("customers", [wanted])[wanted].row
    if wanted == own or partner["partner_id"]:
        raise RuleError(
            Text(f"“{partner['name']}”不能作所属渠道。", f"{partner['name']} cannot be the account of the partner."),
            Text(
                "请选同一渠道的另一个客户，它自己没有所属渠道。",
                "Choose another account of the partner, one that belongs to none itself.",
            ),
        )
    of_it = [("partner_id = %s", own), ("NOT removed", None)]
    if own and (below := select_rows("rec_customers", ["name"], of_it)):
        raise RuleError(
            Text(f"{len(below)} 个客户的所属渠道是它。", f"Accounts that belong to this one: {len(below)}."),
            Text("先让它们指向新的那个。", "Let them name the new one first."),
        )


def _check_type(given: Columns) -> None:
    """Refuse a type that is a product line or a region.

    Raises:
        RuleError: names the segment.
    """
    wanted = given.get("segment_id")
    if not wanted:
        return
    segment = standing("segments", [wanted])[wanted].row
    if segment["dimension"] != CUSTOMER:
        raise RuleError(
            Text(f"划分项“{segment['name']}”不是客户类型。", f"The segment {segment['name']} is no customer type."),
            Text("请选维度是“客户类型”的划分项。", "Choose a segment whose dimension is customer type."),
        )


def sees_customer(rights: Rights, customer: Standing) -> bool:
    """Tell whether a customer is seen: through a deal or contract, by who created it, or by who sees everything."""
    return rights.meets(customer.record_id) or _created_by(customer.record_id, rights.viewer.person_id)


def _created_by(customer: int, person: int) -> bool:
    created = f"relation = 'customers' AND record_id = {int(customer)} AND before = ''"
    by_person = f"seq IN (SELECT seq FROM log WHERE actor_id = {int(person)})"
    return bool(select_rows("log_change", ["seq"], [(created, None), (by_person, None)]))
