"""Weights that must add up to a whole: refused, or brought to it openly when somebody says so (归一)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import RuleError, Text
from dacheng.core.table import Note
from dacheng.core.targets.setting.wording import in_percent

WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Shares:
    """Weights that add up to the whole.

    Args:
        used: shape (n,), they sum to 1.
        stated: what the given ones summed to; not 1 where they were normalised.
    """

    used: tuple[Fraction, ...]
    stated: Fraction

    def notes(self, of: Text) -> tuple[Note, ...]:
        """Return the note that says so where the weights were normalised."""
        if self.stated == WHOLE:
            return ()
        seen = in_percent(self.stated)
        message = Text(
            f"{of.zh}的权重合计 {seen}，已按确认归一到 100%。",
            f"The weights of {of.en} add up to {seen}; they were brought to 100% as confirmed.",
        )
        return (Note("normalised", message),)


def shares_of(weights: Sequence[Fraction], names: Sequence[str], of: Text, *, normalise: bool = False) -> Shares:
    """Return weights as shares of the whole.

    Args:
        weights: shape (n,), 0–1, summing to 1 unless ``normalise``.
        of: what they are the weights of, for the message.
        normalise: somebody has confirmed that they are to be brought to 100 %.

    Raises:
        RuleError: there are none, a weight is negative, all are zero, or they do not sum to 100 % and nobody confirmed.

    Source: R011, R015; bad input "percentages not summing to 100".
    """
    if not weights:
        raise RuleError(
            Text(f"还没有填{of.zh}。", f"Nothing is given for {of.en}."), Text("请至少填一项。", "Give one at least.")
        )
    for weight, name in zip(weights, names, strict=True):
        if weight < 0:
            raise RuleError(
                Text(
                    f"{of.zh}中「{name}」的权重是 {in_percent(weight)}，不能为负。",
                    f"In {of.en} the weight of “{name}” is {in_percent(weight)}; it cannot be negative.",
                ),
                Text("请填 0 或正数；不用它就填 0。", "Enter zero or more; zero leaves it out."),
            )
    stated = sum(weights, Fraction())
    if not stated:
        raise RuleError(
            Text(f"{of.zh}的权重全部为 0。", f"All weights of {of.en} are zero."),
            Text("至少给一项大于 0 的权重。", "Give one of them a weight above zero."),
        )
    if stated != WHOLE and not normalise:
        _refuse_sum(stated, of)
    return Shares(tuple(weight / stated for weight in weights), stated)


def _refuse_sum(stated: Fraction, of: Text) -> None:
    seen = in_percent(stated)
    raise RuleError(
        Text(f"{of.zh}的权重合计 {seen}，不是 100%。", f"The weights of {of.en} add up to {seen}, not 100%."),
        Text("请改权重，或确认按比例归一到 100%。", "Change the weights, or confirm that they are brought to 100%."),
    )
