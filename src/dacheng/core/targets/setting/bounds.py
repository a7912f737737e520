"""What an input may be: a share 0–1, a growth above −100 %, a margin of at most 100 %, an amount not below zero."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.targets.setting.wording import in_number, in_percent

Choices: TypeAlias = tuple[tuple[str, Text], ...]


def check_choice(code: str, choices: Choices, subject: Text) -> None:
    """Refuse a word that is none of (code, label).

    Raises:
        RuleError: tells what was seen and what may be chosen.
    """
    if code not in dict(choices):
        raise RuleError(
            Text(f"没有{subject.zh}「{code}」。", f"There is no {subject.en} “{code}”."), way_out_of_choices(choices)
        )


def way_out_of_choices(choices: Choices) -> Text:
    """Return what may be chosen."""
    zh, en = "、".join(code for code, _ in choices), ", ".join(code for code, _ in choices)
    return Text(f"可选：{zh}。", f"Choose one of {en}.")


def check_ratio(value: Fraction | None, subject: Text) -> None:
    """Refuse a share outside 0–1; what is not known passes.

    Raises:
        RuleError: names what it is of and what was seen; a value above 1 is asked back as a percentage.
    """
    if value is None or 0 <= value <= 1:
        return
    seen = in_number(value)
    raise RuleError(
        Text(
            f"{subject.zh}是 {seen}，应在 0 到 1（0%–100%）之间。",
            f"{subject.en} is {seen}; it must be 0 to 1 (0%–100%).",
        ),
        way_out_of(value),
    )


def way_out_of(value: Fraction) -> Text:
    """Return what to do about a share that is not one: a number above 1 may be meant as percent."""
    if 1 < value <= 100:
        seen, meant = in_number(value), in_number(value / 100)
        return Text(f"{seen} 还是 {meant}？{seen}% 请写 {meant}。", f"{seen} or {meant}? Write {meant} for {seen}%.")
    return Text("请填 0 到 1 之间的数，例如 0.6。", "Enter a number from 0 to 1, for example 0.6.")


def check_growth(growth: Fraction | None, subject: Text) -> None:
    """Refuse a growth of −100 % or less: nothing would be left.

    Raises:
        RuleError: names what grows and what was seen.
    """
    if growth is None or growth > -1:
        return
    seen = in_percent(growth)
    raise RuleError(
        Text(
            f"{subject.zh}的增长率是 {seen}，不能是 −100% 或更低。",
            f"{subject.en} grows by {seen}; −100% leaves nothing.",
        ),
        Text("请核对符号和单位，例如 −5% 写 −0.05。", "Check sign and unit, for example −0.05 for −5%."),
    )


def check_margin(ratio: Fraction | None) -> None:
    """Refuse a gross margin above 100 %; one below zero is a loss and allowed.

    Raises:
        RuleError: tells what was seen.
    """
    if ratio is None or ratio <= 1:
        return
    seen = in_percent(ratio)
    raise RuleError(
        Text(f"毛利率是 {seen}，不能大于 100%。", f"The gross margin is {seen}; it cannot be above 100%."),
        Text("请核对单位，例如 35% 写 0.35。", "Check the unit, for example 0.35 for 35%."),
    )


def check_amount(amount: int | None, subject: Text) -> None:
    """Refuse an amount below zero, minor units; what is not known passes.

    Raises:
        RuleError: names what it is of and what was seen.
    """
    if amount is None or amount >= 0:
        return
    seen = in_yuan(amount)
    raise RuleError(
        Text(f"{subject.zh}是 {seen} 元，不能为负。", f"{subject.en} is {seen}; it cannot be negative."),
        Text("请填 0 或正数；不知道就空着。", "Enter zero or more; leave it empty when it is not known."),
    )
