"""The parts that contacts have in deciding deals, as they stand on a day; whoever asks decides what may be seen."""

from __future__ import annotations

from dacheng.store.access import holds_on
from dacheng.store.bulk import select_rows
from dacheng.store.standing import fact_table


def parts_on(contact_id: int, day: int) -> dict[int, int]:
    """Return deal -> part of a contact on a day; deals that say nothing of him are left out."""
    conditions = [holds_on(day), ("contact_id = %s", contact_id), ("part IS NOT NULL", None)]
    return dict(select_rows(fact_table("deal_contacts"), ["deal_id", "part"], conditions))
