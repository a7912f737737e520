"""Contacts of the invented company's customers: who decides, who uses, who checks, who helps; every name is made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.company import Frame
from dacheng.core.deciding import PARTS
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.demo import vocabulary as words
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.timeline import Timeline, stream

SHARE_OF_SIZES = (0.15, 0.35, 0.3, 0.2)
"""Of the customers with one, two, three and four contacts."""

PART_NUMBER = {code: number for number, code, _ in PARTS}
POSTS = (
    ("eb", "总经办", "总经理 常务副总 分管副总 董事长"),
    ("ub", "生产部", "生产部长 设备部长 车间主任 运行部主任"),
    ("tb", "技术中心", "总工程师 信息中心主任 自动化主管 技术部长"),
    ("coach", "采购部", "采购经理 项目经理 商务主管 计划主管"),
)
"""Part in the decision, department and titles of the first, second, third and fourth contact."""

NOT_KNOWN, LEFT, WITH_EMAIL = 0.12, 0.09, 0.6
"""Shares: the part is not known yet; no longer there; the e-mail address is known."""

MAIL_DOMAIN = "kehu.example"
FIRST_MOBILE = 13_900_000_000


def contacts_frame(seed: int, timeline: Timeline, customers: int) -> Frame:
    """Return one to four contacts of each customer; all but the first report to the first.

    Args:
        customers: how many there are; their ids count from 1.
    """
    rng = stream(seed, "contacts")
    sizes = rng.choice(np.arange(1, len(POSTS) + 1), customers, p=SHARE_OF_SIZES)
    customer = np.repeat(np.arange(1, customers + 1), sizes)
    first = np.cumsum(sizes) - sizes
    rank = np.arange(len(customer)) - np.repeat(first, sizes)
    begins = _begins(rng, timeline, rank)
    leaves = _leaves(rng, timeline, begins)
    above = np.repeat(first, sizes) + 1
    part = np.array([PART_NUMBER[code] for code, *_ in POSTS])[rank]
    columns = {
        "contact_id": np.arange(1, len(customer) + 1),
        "customer_id": customer,
        "part": missing_where(rng.random(len(customer)) < NOT_KNOWN, part),
        "reports_to_id": missing_where(rank == 0, above),
    }
    return _versions(columns, _labels(rng, rank), begins, leaves)


def _begins(rng: np.random.Generator, timeline: Timeline, rank: IntArray) -> IntArray:
    """Return since when each is known: the first of a customer always, the others from some day on."""
    drawn = timeline.on_or_before(rng.integers(timeline.start, timeline.as_of + 1, len(rank)))
    return np.where(rank == 0, FIRST_DAY, drawn)


def _leaves(rng: np.random.Generator, timeline: Timeline, begins: IntArray) -> IntArray:
    """Return the day on which somebody left; FAR_DAY for most, who are still there."""
    earliest = np.maximum(begins, timeline.start) + 1
    day = earliest + (rng.random(len(begins)) * (timeline.as_of + 1 - earliest)).astype(np.int64)
    gone = (rng.random(len(begins)) < LEFT) & (earliest <= timeline.as_of)
    return np.where(gone, day, FAR_DAY)


def _labels(rng: np.random.Generator, rank: IntArray) -> dict[str, list[str]]:
    count = len(rank)
    drawn = [rng.integers(0, len(parts), count).tolist() for parts in _NAME_PARTS]
    titles = [several.split() for _, _, several in POSTS]
    title = rng.integers(0, min(map(len, titles)), count).tolist()
    with_email = (rng.random(count) < WITH_EMAIL).tolist()
    ranks = rank.tolist()
    return {
        "code": [f"LX{at:06d}" for at in range(1, count + 1)],
        "name": [_named(row) for row in zip(*drawn, strict=True)],
        "title": [titles[at][one] for at, one in zip(ranks, title, strict=True)],
        "department": [POSTS[at][1] for at in ranks],
        "phone": [str(FIRST_MOBILE + at) for at in range(1, count + 1)],
        "email": [f"lx{at:06d}@{MAIL_DOMAIN}" if known else "" for at, known in enumerate(with_email, 1)],
        "note": [""] * count,
    }


def _named(row: Sequence[int]) -> str:
    return "".join(parts[one] for parts, one in zip(_NAME_PARTS, row, strict=True))


_NAME_PARTS = (words.SURNAMES, words.FIRST_GIVEN, words.SECOND_GIVEN)


def _versions(columns: dict[str, Any], labels: dict[str, list[str]], begins: IntArray, leaves: IntArray) -> Frame:
    """Return one row of each contact, a second one of those who left."""
    gone = np.flatnonzero(leaves < FAR_DAY)
    row = np.concatenate([np.arange(len(begins)), gone])
    left = np.concatenate([np.zeros(len(begins), dtype=np.int64), np.ones(len(gone), dtype=np.int64)])
    days = {
        "from_day": np.concatenate([begins, leaves[gone]]),
        "to_day": np.concatenate([leaves, np.full(len(gone), FAR_DAY)]),
    }
    order = np.lexsort((days["from_day"], row))
    picked = {name: np.asarray(values)[row][order] for name, values in columns.items()}
    picked |= {"left": left[order]} | {name: values[order] for name, values in days.items()}
    return framed(picked, **{name: [texts[at] for at in row[order].tolist()] for name, texts in labels.items()})
