"""What the invented company did to collect what is late, and what its customers promised (催收与承诺)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.dunning.schema import CALL, LEGAL, LETTER, REMINDER, VISIT
from dacheng.core.period import FAR_DAY
from dacheng.demo.contracts import Contracts
from dacheng.demo.framing import framed
from dacheng.demo.histories import numbered
from dacheng.demo.terms import Terms
from dacheng.demo.timeline import Timeline

AFTER_DUE = (
    (-5, REMINDER, "提醒应收日和发票"),
    (8, CALL, "财务说在走付款流程"),
    (30, LETTER, "发催款函，对方签收"),
    (60, VISIT, "上门对账，余额无异议"),
    (120, LEGAL, "律师函"),
)
"""Days after the due day, what is done then, what is noted."""

PROMISED_AFTER, PROMISES_EVERY, SAID_BY = (10, 18), 2, ("对方财务经理", "对方采购负责人", "对方项目负责人")
"""With a call a customer promises to pay within so many days; every so many terms."""


def dunning_frames(timeline: Timeline, contracts: Contracts, terms: Terms) -> dict[str, Frame]:
    """Return the dunning steps of terms that were not paid by then, and promises made with a call."""
    settled = np.minimum(terms.paid[:, 0], terms.given_up)
    parts = []
    for after, kind, note in AFTER_DUE:
        day = timeline.on_or_after(np.minimum(terms.due, timeline.as_of) + after)
        done: BoolArray = (terms.known < FAR_DAY) & (day >= terms.known) & (day < settled) & (day <= timeline.as_of)
        done &= terms.due + after <= timeline.as_of
        if kind == REMINDER:
            done &= settled > terms.due  # of who pays in time nobody needs to be told
        parts.append((np.flatnonzero(done), day, kind, note))
    steps = [(term, int(day[term]), kind, note) for found, day, kind, note in parts for term in found.tolist()]
    steps.sort(key=lambda step: (step[1], step[0]))
    called = sorted((day, term) for term, day, kind, _ in steps if kind == CALL and term % PROMISES_EVERY == 0)
    return {
        "dunning_steps": _steps(contracts, terms, steps),
        "promises": _promises(timeline, contracts, terms, called),
    }


def _steps(contracts: Contracts, terms: Terms, steps: list[tuple[int, int, int, str]]) -> Frame:
    term = np.array([one for one, _, _, _ in steps], dtype=np.int64)
    day = np.array([one for _, one, _, _ in steps], dtype=np.int64)
    return framed(
        {
            "dunning_step_id": np.arange(1, len(term) + 1),
            "term_id": term + 1,
            "day": day,
            "kind": np.array([kind for _, _, kind, _ in steps], dtype=np.int64),
            **_placed(contracts, terms.contract[term]),
            "from_day": day,
            "to_day": np.full(len(term), FAR_DAY),
        },
        code=numbered("CS", day),
        name=[note for _, _, _, note in steps],
    )


def _promises(timeline: Timeline, contracts: Contracts, terms: Terms, called: list[tuple[int, int]]) -> Frame:
    day = np.array([one for one, _ in called], dtype=np.int64)
    term = np.array([one for _, one in called], dtype=np.int64)
    within = np.array(PROMISED_AFTER)[term // PROMISES_EVERY % len(PROMISED_AFTER)]
    return framed(
        {
            "promise_id": np.arange(1, len(term) + 1),
            "term_id": term + 1,
            "day": day,
            "promised_day": timeline.on_or_after(day + within),
            "amount": terms.amount[term],
            **_placed(contracts, terms.contract[term]),
            "from_day": day,
            "to_day": np.full(len(term), FAR_DAY),
        },
        code=numbered("CN", day),
        name=[SAID_BY[one % len(SAID_BY)] for one in term.tolist()],
    )


def _placed(contracts: Contracts, contract: IntArray) -> dict[str, IntArray]:
    return {
        "person_id": contracts.owner[contract],
        "contract_id": contract + 1,
        "customer_id": contracts.customer[contract],
        "owner_id": contracts.owner[contract],
        "effective_day": contracts.effective[contract],
    }
