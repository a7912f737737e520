"""Which records may be the same thing (疑似重复): by names as they are meant, and by amounts and days.

Pure: names and how they sound are handed in. Only pairs that share something cheap are compared
letter by letter, so that thousands of records take a moment.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

ALIKE = 0.8
"""From here on two names are proposed."""

SAME_SOUND = 0.95
PART = 3
"""Letters that a name must have to be found inside another."""

A_MONTH = 31
MOST_TOGETHER = 200
"""A larger group that shares a beginning is compared only where names are equal or sound the same."""

LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|总公司|分公司|公司|集团|株式会社"
    r"|co\W*ltd|company limited|corporation|limited|gmbh|inc|ltd|llc|corp|plc|co)\W*$"
)
ASIDE = re.compile(r"\([^()]*\)")
JOINING = re.compile(r"\W|_")
WHICH_ONE = re.compile(
    r"\d+|[一二三四五六七八九十百]+(?=[期号区标段车楼厂线组批])|[东南西北中](?=[区厂部线院])|新建|扩建|改建|改造|迁建|续建|年度"
)
"""Words that tell one thing from its sibling: numbers of phases and lines, quarters of a site, kinds of work."""


def squashed(name: str) -> str:
    """Return the letters and digits of a name only, half-width and lower case.

    >>> squashed("云平台（一期） ＡＢ")
    '云平台一期ab'
    """
    return JOINING.sub("", unicodedata.normalize("NFKC", name).casefold())


def meant(name: str) -> str:
    """Return a company's name as it is compared: half-width, lower case, without brackets, spaces and legal form.

    >>> meant("北辰智造（上海）有限公司"), meant("北辰智造"), meant("Ａｃｍｅ Co., Ltd.")
    ('北辰智造', '北辰智造', 'acme')
    >>> meant("公司")
    '公司'
    """
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    plain = ASIDE.sub("", folded).strip() or folded
    while (shorter := LEGAL_FORMS.sub("", plain).strip()) and shorter != plain:
        plain = shorter
    return JOINING.sub("", plain)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may have a twin.

    Args:
        name: as ``meant`` or ``squashed`` returns it. sound: how that sounds; empty = it has no Chinese.
        group: only records of the same group are compared, for example deals of one customer.
        amount: minor units. days: on which it was created and is expected; None = not known.
    """

    record_id: int
    name: str
    sound: str = ""
    group: int = 0
    amount: int | None = None
    days: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be the same, the earlier recorded first.

    Args:
        likeness: of the names, 0 to 1. same_amount, near_days: what else speaks for it.
    """

    first: int
    second: int
    likeness: float
    same_amount: bool = False
    near_days: bool = False


def pairs_alike(candidates: Sequence[Candidate]) -> list[Pair]:
    """Return the pairs whose names are alike, the most alike first."""
    found = (_pair(one, other) for one, other in _met(candidates))
    return _ranked(one for one in found if one.likeness >= ALIKE)


def pairs_of_group(candidates: Sequence[Candidate]) -> list[Pair]:
    """Return pairs within groups whose names are alike, or which have the same amount and days within a month.

    A first and a second phase, or an eastern and a western site, are two things however alike their names are.
    """
    groups: dict[int, list[Candidate]] = {}
    for one in candidates:
        groups.setdefault(one.group, []).append(one)
    found = [
        _pair(one, other)
        for own in groups.values()
        if len(own) <= MOST_TOGETHER
        for one, other in combinations(sorted(own, key=lambda one: one.record_id), 2)
    ]
    name = {one.record_id: one.name for one in candidates}
    return _ranked(
        one
        for one in found
        if (one.likeness >= ALIKE and is_one_of_the_same(name[one.first], name[one.second]))
        or (one.same_amount and one.near_days)
    )


def is_one_of_the_same(one: str, other: str) -> bool:
    """Tell whether two names of one customer's opportunities have the same numbers, places and kinds of work in them.

    >>> is_one_of_the_same("二期泵站智控", "二期泵站智控系统"), is_one_of_the_same("一期泵站智控", "二期泵站智控")
    (True, False)
    >>> is_one_of_the_same("东区泵站", "泵站"), is_one_of_the_same("新建泵站", "扩建泵站")
    (False, False)
    """
    return Counter(WHICH_ONE.findall(one)) == Counter(WHICH_ONE.findall(other))


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1; a name that is a part of the other is near.

    >>> likeness("北辰智造", "北辰智造科技") >= ALIKE, likeness("北辰智造", "华岳能源") < ALIKE
    (True, True)
    """
    if not one or not other:
        return 0.0
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    within = min(len(one), len(other)) >= PART and (one in other or other in one)
    return ALIKE + (1 - ALIKE) * ratio if within else ratio


def _pair(one: Candidate, other: Candidate) -> Pair:
    alike = likeness(one.name, other.name)
    if one.sound and one.sound == other.sound:
        alike = max(alike, SAME_SOUND)
    same_amount = bool(one.amount) and one.amount == other.amount
    days = zip(one.days, other.days, strict=True)
    near = any(a is not None and b is not None and abs(a - b) <= A_MONTH for a, b in days)
    return Pair(one.record_id, other.record_id, alike, same_amount, near)


def _met(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield each pair that is worth comparing once: names with the same beginning, ending or sound."""
    blocks: dict[str, list[Candidate]] = {}
    for one in candidates:
        for key in {f"<{one.name[:2]}", f">{one.name[-2:]}", f"={one.name}", f"~{one.sound or one.name}"}:
            blocks.setdefault(key, []).append(one)
    seen: set[tuple[int, int]] = set()
    for key, own in blocks.items():
        if len(own) > MOST_TOGETHER and key[0] in "<>":
            continue
        for one, other in combinations(sorted(own, key=lambda one: one.record_id), 2):
            if (one.record_id, other.record_id) not in seen:
                seen.add((one.record_id, other.record_id))
                yield one, other


def _ranked(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda one: (-one.likeness, not one.same_amount, one.first, one.second))
