"""销售漏斗法 (funnel method): forwards from leads to a target, backwards from a target to leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil
from operator import mul

from dacheng.core.deals.averages import AVERAGES
from dacheng.core.deals.velocity import entries_needed, pipeline_needed, shrunk_rate, wins_needed
from dacheng.core.errors import RuleError, Text
from dacheng.core.table import Note
from dacheng.core.targets.setting.bounds import check_choice, check_ratio
from dacheng.core.targets.setting.outcome import Confidence, Evidence, Outcome, rounded
from dacheng.core.targets.setting.wording import in_percent, listed


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel and what share of it moves on, the last one to winning.

    Args:
        stated: the conversion where somebody states it, 0–1; else it is measured.
        moved, closed: how many moved on, of how many that were decided in the step; None = not measured.
        prior: what few deals are drawn towards, 0–1, such as the baseline of the stage; None = there is none.
        open_amount: minor units open in the step now, won over the steps that are left; None = not known.
    """

    name: str
    stated: Fraction | None = None
    moved: int | None = None
    closed: int | None = None
    prior: Fraction | None = None
    open_amount: int | None = 0


@dataclass(frozen=True, slots=True)
class FunnelInputs:
    """What the funnel method rests on.

    Args:
        leads: how many enter the first step in the planned year, beyond what is open now; None = not known.
        steps: in their order.
        average: minor units a win brings; None = no win of known amount. average_kind: mean, median or trimmed,
            of ``deals.averages.AVERAGES``, by which it was told.
        enough: from so many closed deals on a conversion stands as measured; below, it is shrunk.
        prior_deals: for how many deals the prior of a shrunk conversion counts.
    """

    leads: int | None
    steps: tuple[Step, ...]
    average: Fraction | None
    average_kind: str
    enough: int
    prior_deals: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """The conversion of a step as it is used.

    Args:
        ratio: 0–1; None = not known, and then ``off``.
        few: it rests on few closed deals and was drawn towards the prior.
    """

    ratio: Fraction | None
    few: bool = False
    off: Text | None = None


def by_funnel(inputs: FunnelInputs) -> Outcome:
    """Return the target by the funnel method (销售漏斗法), forwards.

    Defined as::  T = leads × Π conversions × average deal + Σ open in a step × Π conversions from it on
    New wins are rounded once, and so is what is open in each step: they stand as rows.

    Returns:
        Off where leads, a conversion or the average is not known. An open amount that is not known adds
        nothing and is told.

    Raises:
        RuleError: a stated conversion outside 0–1, more moved on than were closed, negative leads, no such average.

    Source: R012, R121; golden case G02.
    """
    _check(inputs)
    used = [conversion_of(one, inputs.enough, inputs.prior_deals) for one in inputs.steps]
    off = _off(inputs, used)
    new, opened = (None, []) if off else (_new_wins(inputs, used), _from_open(inputs.steps, used))
    return Outcome(
        amount=None if new is None else new + sum(one or 0 for one in opened),
        off=off,
        evidence=(*_step_evidence(inputs, used), *_amount_evidence(inputs, used, new, opened)),
        confidence=_confidence(inputs, used),
        notes=_notes(inputs),
    )


def conversion_of(step: Step, enough: int, prior_deals: int) -> Conversion:
    """Return the conversion of a step: stated, measured on enough deals, or drawn towards its prior.

    >>> conversion_of(Step("签约", moved=1, closed=2, prior=Fraction(1, 5)), 30, 10).ratio
    Fraction(1, 4)
    """
    if step.stated is not None:
        return Conversion(step.stated)
    if step.moved is None or step.closed is None:
        return Conversion(None, off=Text(f"「{step.name}」没有转化率。", f"“{step.name}” has no conversion."))
    if step.closed >= max(enough, 1):
        return Conversion(Fraction(step.moved, step.closed))
    if step.prior is None:
        zh = f"「{step.name}」只有 {step.closed} 单有结果，少于 {enough} 单，又没有可参照的基准转化率。"
        en = f"Only {step.closed} deals were decided in “{step.name}”, fewer than {enough}, and there is no baseline."
        return Conversion(None, few=True, off=Text(zh, en))
    return Conversion(shrunk_rate(step.moved, step.closed, step.prior, prior_deals), few=True)


@dataclass(frozen=True, slots=True)
class Reverse:
    """What a target asks of a funnel (反推漏斗).

    Args:
        wins: how many must be won, exact; None where it is not known.
        entries: shape (steps,), how many must enter each step, exact; None from where a conversion lacks or is zero.
    """

    wins: Fraction | None
    entries: tuple[Fraction | None, ...]

    @property
    def leads(self) -> int | None:
        """Return how many whole leads must enter the first step."""
        return ceil(self.entries[0]) if self.entries and self.entries[0] is not None else None


def backwards(target: int, inputs: FunnelInputs) -> Reverse:
    """Return how many must be won, and enter each step, so that a target is reached.

    Args:
        target: minor units; none are needed where it is not above zero.

    Raises:
        RuleError: as ``by_funnel``.

    Source: R012, R047; golden case G02.
    """
    _check(inputs)
    if not inputs.average or inputs.average < 0:
        return Reverse(None, (None,) * len(inputs.steps))
    wins = wins_needed(target, inputs.average)
    ratios = [conversion_of(one, inputs.enough, inputs.prior_deals).ratio for one in inputs.steps]
    return Reverse(wins, tuple(entries_needed(wins, ratios)))


@dataclass(frozen=True, slots=True)
class PipelineNeed:
    """What must be open so that the rest of a target is won (商机充足度).

    Args:
        gap: target − won, minor units; not above zero = covered.
        needed: open pipeline that the gap asks for, minor units; None where the win rate is not known or zero.
        multiple: needed ÷ gap, that is 1 ÷ win rate; None where it is not known.
        coverage: what is open ÷ gap; None where it is covered or what is open is not known.
        word: what stands in place of a figure.
    """

    gap: int
    needed: int | None
    multiple: Fraction | None
    coverage: Fraction | None
    word: Text | None = None


COVERED = Text("已覆盖", "Covered")
NO_RATE = Text("没有赢单率，算不出需要多少在途。", "Without a win rate the pipeline needed cannot be told.")


def pipeline_need(target: int, won: int, win_rate: Fraction | None, open_amount: int | None = None) -> PipelineNeed:
    """Return the open pipeline that the rest of a target asks for, and how far what is open covers it.

    Args:
        win_rate: 0–1; None = not known. open_amount: minor units open now; None = not known.

    Raises:
        RuleError: a win rate outside 0–1.

    Source: R012, glossary 商机充足度; golden case G02b.
    """
    check_ratio(win_rate, Text("赢单率", "The win rate"))
    gap = target - won
    multiple = 1 / win_rate if win_rate else None
    if gap <= 0:
        return PipelineNeed(gap, 0, multiple, None, COVERED)
    coverage = None if open_amount is None else Fraction(open_amount, gap)
    if not win_rate:
        return PipelineNeed(gap, None, None, coverage, NO_RATE)
    return PipelineNeed(gap, pipeline_needed(gap, win_rate), multiple, coverage)


def _check(inputs: FunnelInputs) -> None:
    if inputs.leads is not None and inputs.leads < 0:
        raise RuleError(
            Text(
                f"线索数是 {inputs.leads}，不能为负。", f"The number of leads is {inputs.leads}; it cannot be negative."
            ),
            Text("请填 0 或正整数。", "Enter zero or more."),
        )
    check_choice(inputs.average_kind, AVERAGES, Text("单均金额", "average deal"))
    for step in inputs.steps:
        _check_step(step)


def _check_step(step: Step) -> None:
    check_ratio(step.stated, Text(f"「{step.name}」的转化率", f"The conversion of “{step.name}”"))
    check_ratio(step.prior, Text(f"「{step.name}」的基准转化率", f"The baseline conversion of “{step.name}”"))
    if step.moved is None or step.closed is None or 0 <= step.moved <= step.closed:
        return
    raise RuleError(
        Text(
            f"「{step.name}」有结果的 {step.closed} 单中进入下一步的有 {step.moved} 单，转化率不能大于 100% 或为负。",
            f"Of {step.closed} deals decided in “{step.name}” {step.moved} moved on; a conversion is 0% to 100%.",
        ),
        Text("请核对两个数是否数的是同一批商机。", "Check that both count the same deals."),
    )


def _off(inputs: FunnelInputs, used: Sequence[Conversion]) -> Text | None:
    if not inputs.steps:
        return Text("漏斗没有阶段。", "The funnel has no steps.")
    if inputs.leads is None:
        return Text("没有线索数。", "The number of leads is not known.")
    if inputs.average is None or inputs.average <= 0:
        return Text("没有大于 0 的单均金额。", "There is no average amount above zero.")
    return next((one.off for one in used if one.off), None)


def _onwards(used: Sequence[Conversion]) -> list[Fraction | None]:
    """Return for each step what share of it will be won."""
    found: list[Fraction | None] = []
    ahead: Fraction | None = Fraction(1)
    for one in reversed(used):
        ahead = ahead * one.ratio if ahead is not None and one.ratio is not None else None
        found.append(ahead)
    return found[::-1]


def _new_wins(inputs: FunnelInputs, used: Sequence[Conversion]) -> int:
    return rounded((inputs.leads or 0) * (_onwards(used)[0] or 0) * (inputs.average or Fraction()))


def _from_open(steps: Sequence[Step], used: Sequence[Conversion]) -> list[int | None]:
    """Return what the open amount of each step will bring; None where it is not known."""
    return [
        None if step.open_amount is None else rounded(step.open_amount * (chance or Fraction()))
        for step, chance in zip(steps, _onwards(used), strict=True)
    ]


def _step_evidence(inputs: FunnelInputs, used: Sequence[Conversion]) -> list[Evidence]:
    found = []
    for step, one in zip(inputs.steps, used, strict=True):
        found.append(Evidence("conversion", Text("转化率", "Conversion"), one.ratio, "ratio", step.name, one.off))
        if step.moved is not None and step.closed is not None and step.closed and step.stated is None:
            measured = Fraction(step.moved, step.closed)
            found.append(Evidence("measured", Text("实测转化率", "As measured"), measured, "ratio", step.name))
            found.append(Evidence("closed", Text("有结果的单数", "Decided"), step.closed, "count", step.name))
    return found


def _amount_evidence(
    inputs: FunnelInputs, used: Sequence[Conversion], new: int | None, opened: Sequence[int | None]
) -> list[Evidence]:
    end = _onwards(used)[0] if used else None
    found = [Evidence("end_to_end", Text("全程转化率", "End to end"), end, "ratio")]
    found += _counts(inputs, used)
    kind = dict(AVERAGES)[inputs.average_kind]
    label = Text(f"单均金额（{kind.zh}）", f"Average deal ({kind.en.lower()})")
    found.append(Evidence("average", label, inputs.average, "money"))
    found.append(Evidence("new_wins", Text("新线索会签", "From new leads"), new, "money"))
    for step, amount in zip(inputs.steps, opened, strict=False):
        if step.open_amount != 0:
            found.append(Evidence("open", Text("在途金额", "Open"), step.open_amount, "money", step.name))
            found.append(Evidence("from_open", Text("在途会签", "From what is open"), amount, "money", step.name))
    return found


def _counts(inputs: FunnelInputs, used: Sequence[Conversion]) -> list[Evidence]:
    """Return how many of the leads enter each step, and how many are won, exact; up to where it is known."""
    ratios = [one.ratio for one in used]
    known = ratios[: ratios.index(None)] if None in ratios else ratios
    if inputs.leads is None:
        return []
    counts = accumulate((one for one in known if one is not None), mul, initial=Fraction(inputs.leads))
    names = [*(step.name for step in inputs.steps), ""]
    return [
        Evidence("wins", Text("会赢单数", "Wins"), count, "number")
        if at == len(inputs.steps)
        else Evidence("entries", Text("进入单数", "Entering"), count, "number", name)
        for at, (count, name) in enumerate(zip(counts, names, strict=False))
    ]


def _confidence(inputs: FunnelInputs, used: Sequence[Conversion]) -> Confidence:
    asked = [
        (Text("线索数", "the number of leads"), inputs.leads is not None),
        (Text("单均金额", "the average deal"), inputs.average is not None),
    ]
    for step, one in zip(inputs.steps, used, strict=True):
        asked.append((Text(f"「{step.name}」的转化率", f"the conversion of “{step.name}”"), one.ratio is not None))
        asked.append(
            (Text(f"「{step.name}」的在途金额", f"what is open in “{step.name}”"), step.open_amount is not None)
        )
    low = [
        Text(
            f"「{step.name}」只有 {step.closed} 单有结果，已向基准 {in_percent(step.prior)} 收缩。",
            f"“{step.name}” saw only {step.closed} deals decided; drawn towards the baseline {in_percent(step.prior)}.",
        )
        for step, one in zip(inputs.steps, used, strict=True)
        if one.few and step.prior is not None
    ]
    return Confidence.of(asked, low)


def _notes(inputs: FunnelInputs) -> tuple[Note, ...]:
    unknown = [one.name for one in inputs.steps if one.open_amount is None]
    if not unknown:
        return ()
    names = listed(unknown)
    message = Text(
        f"{names.zh}的在途金额不知道，没有计入。", f"What is open in {names.en} is not known and was not counted."
    )
    return (Note("open-not-known", message, len(unknown)),)
