"""Key people of the invented company's larger open deals: who decides, uses and checks there, since when."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY
from dacheng.demo.contacts import PART_NUMBER, POSTS
from dacheng.demo.framing import framed
from dacheng.demo.pipeline import Pipeline
from dacheng.demo.timeline import Timeline, stream

LARGE = 2_000_000_00
"""Open deals from this amount on, in 分, say who their key people are."""

MOST = 3
IN_OTHER_PARTS = 0.2
"""Share of the deals in which people have other parts than they usually have at their company."""


def key_people_frame(seed: int, timeline: Timeline, pipeline: Pipeline, contacts: Frame) -> Frame:
    """Return the key people of large open deals: one to three of the customer's contacts who are still there."""
    rng = stream(seed, "key people")
    large = np.flatnonzero((pipeline.lives.closed == FAR_DAY) & (pipeline.amounts.worth[:, 0] >= LARGE))
    many = rng.integers(1, MOST + 1, len(large))
    shift = (rng.random(len(large)) < IN_OTHER_PARTS).astype(np.int64)
    deal, rank = _spread(large, many)
    first, size, begins, gone = _of_customers(contacts, int(pipeline.customer.max(initial=0)))
    customer = pipeline.customer[deal]
    there: BoolArray = rank < size[customer]
    contact = np.where(there, first[customer] + rank, 1)
    there &= ~gone[contact]
    parts = np.array([PART_NUMBER[code] for code, *_ in POSTS])
    part = parts[(rank + np.repeat(shift, many)) % len(POSTS)]
    earliest = np.maximum(pipeline.lives.created[deal], begins[contact])
    drawn = earliest + (rng.random(len(deal)) * (timeline.as_of + 1 - earliest)).astype(np.int64)
    since = np.maximum(earliest, timeline.on_or_before(drawn))
    columns = {"deal_id": deal + 1, "contact_id": contact, "part": part, "from_day": since}
    kept = {name: values[there] for name, values in columns.items()}
    return framed(kept | {"to_day": np.full(int(there.sum()), FAR_DAY)})


def _spread(deals: IntArray, many: IntArray) -> tuple[IntArray, IntArray]:
    """Return each deal as many times as it has key people, with their ranks from 0 on."""
    first = np.cumsum(many) - many
    return np.repeat(deals, many), np.arange(int(many.sum())) - np.repeat(first, many)


def _of_customers(contacts: Frame, customers: int) -> tuple[IntArray, IntArray, IntArray, BoolArray]:
    """Return of each customer its first contact and how many it has, of each contact its first day and if he left.

    Contacts of a customer follow one another; place 0 stands for no customer and no contact.
    """
    number, customer, begins, left = (
        np.asarray(contacts.columns[name], dtype=np.int64) for name in ("contact_id", "customer_id", "from_day", "left")
    )
    contact, row = np.unique(number, return_index=True)
    size = np.bincount(customer[row], minlength=customers + 1)
    first = np.cumsum(size) - size + 1
    gone = np.bincount(number, weights=left, minlength=len(contact) + 1) > 0
    return first, size, np.append(0, begins[row]), gone
