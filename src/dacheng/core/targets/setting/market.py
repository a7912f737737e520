"""市场输入 (market inputs): size, growth and shares of a market, checked before anything rests on them (R020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import Finding, Severity, Text
from dacheng.core.money import in_yuan
from dacheng.core.targets.setting.bounds import way_out_of
from dacheng.core.targets.setting.wording import in_number, in_percent


@dataclass(frozen=True, slots=True)
class MarketFact:
    """What is known of the market of one region and segment in a year; None = not known.

    Args:
        size: minor units, >= 0. growth: 0.15 = 15 %, above −1.
        own_share: 0–1. rivals: (name, share 0–1).
        source: where it comes from; empty = not stated.
    """

    region: str
    segment: str
    year: int
    size: int | None
    growth: Fraction | None
    own_share: Fraction | None
    rivals: tuple[tuple[str, Fraction], ...] = ()
    source: str = ""


def faults_of_markets(facts: Sequence[MarketFact]) -> tuple[Finding, ...]:
    """Return what is wrong with market facts, row by row (1-based): ``block`` keeps it out, ``note`` informs.

    Shares outside 0–1 or above 100 % together, a negative size, a growth of −100 % or less and a market
    that stands twice keep a row out; a missing source is told as 未注明来源.

    Source: R020.
    """
    found = [fault for at, one in enumerate(facts, 1) for fault in _faults(at, one)]
    first: dict[tuple[str, str, int], int] = {}
    for at, one in enumerate(facts, 1):
        stands = first.setdefault((one.region, one.segment, one.year), at)
        if stands != at:
            message = Text(f"与第 {stands} 行是同一个市场和年份。", f"It is the market and year of row {stands}.")
            found.append(_fault(at, one, "year", message, Text("只留一行。", "Keep one of them."), str(one.year)))
    return tuple(sorted(found, key=lambda one: one.row or 0))


def _faults(at: int, fact: MarketFact) -> list[Finding]:
    found = [*_wrong_shares(at, fact), *_wrong_sizes(at, fact)]
    if not fact.source.strip():
        message, way_out = (
            Text("未注明来源。", "No source is stated."),
            Text("请写明出处和日期。", "Say where it is from."),
        )
        found.append(_fault(at, fact, "source", message, way_out, "", severity="note"))
    return found


def _wrong_shares(at: int, fact: MarketFact) -> list[Finding]:
    shares = [*fact.rivals] if fact.own_share is None else [("", fact.own_share), *fact.rivals]
    found = []
    for name, share in shares:
        if not 0 <= share <= 1:
            whose = Text(f"「{name}」的份额", f"the share of “{name}”") if name else Text("自己的份额", "our own share")
            message = Text(f"{whose.zh}是 {in_number(share)}。", f"{whose.en} is {in_number(share)}.")
            found.append(_fault(at, fact, "share", message, way_out_of(share), in_number(share)))
    whole = sum((share for _, share in shares), Fraction())
    if not found and whole > 1:
        message = Text(f"各家份额合计 {in_percent(whole)}，超过 100%。", f"The shares add up to {in_percent(whole)}.")
        way_out = Text("请核对是否同一口径、同一年份。", "Check that all are of one definition and year.")
        found.append(_fault(at, fact, "share", message, way_out, in_percent(whole)))
    return found


def _wrong_sizes(at: int, fact: MarketFact) -> list[Finding]:
    found = []
    if fact.size is not None and fact.size < 0:
        seen = in_yuan(fact.size)
        message = Text(f"市场规模是 {seen}，不能为负。", f"the size is {seen}; it cannot be negative.")
        way_out = Text("请填 0 或正数；不知道就空着。", "Enter zero or more; leave it empty when it is not known.")
        found.append(_fault(at, fact, "size", message, way_out, seen))
    if fact.growth is not None and fact.growth <= -1:
        seen = in_percent(fact.growth)
        message = Text(f"市场增长率是 {seen}。", f"the growth is {seen}: nothing would be left.")
        found.append(_fault(at, fact, "growth", message, Text("请核对符号和单位。", "Check sign and unit."), seen))
    return found


def _fault(
    at: int, fact: MarketFact, column: str, message: Text, way_out: Text, seen: str, *, severity: Severity = "block"
) -> Finding:
    name = f"{fact.region} {fact.segment} {fact.year}"
    whole = Text(f"市场「{name}」：{message.zh}", f"Market “{name}”: {message.en}")
    return Finding(f"setting/market-{column}", whole, way_out, severity, row=at, column=column, value=seen)
