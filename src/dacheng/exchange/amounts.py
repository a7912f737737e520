"""Cell to amount, share or whole number, without a guess that could be wrong by a factor (数值解析)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Literal

from dacheng.core.errors import Text
from dacheng.core.money import MAX_MINOR, MINOR_PER_UNIT
from dacheng.exchange.cells import Cell
from dacheng.exchange.problems import Notes, ValueProblem, present, problem, shown, wrong_kind

MONEY_UNITS: Mapping[str, Decimal] = {
    "分": Decimal("0.01"),
    "元": Decimal(1),
    "千元": Decimal(10**3),
    "万元": Decimal(10**4),
    "百万元": Decimal(10**6),
    "千万元": Decimal(10**7),
    "亿元": Decimal(10**8),
}
"""What a bare number of a money column may be declared to count."""

SCALES = {
    "亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 10**3,
    "billion": 10**9, "bn": 10**9, "million": 10**6, "mn": 10**6, "m": 10**6, "thousand": 10**3, "k": 10**3,
}  # fmt: skip
"""Words within the cell itself; they overrule the column's unit."""

CURRENCIES: Mapping[str, frozenset[str]] = {
    sign: frozenset(codes.split())
    for sign, codes in {
        "¥": "CNY JPY", "rmb": "CNY", "cny": "CNY", "人民币": "CNY",
        "us$": "USD", "usd": "USD", "美元": "USD", "$": "USD HKD TWD SGD AUD CAD NZD",
        "hk$": "HKD", "hkd": "HKD", "港元": "HKD", "港币": "HKD", "nt$": "TWD", "twd": "TWD", "新台币": "TWD",
        "€": "EUR", "eur": "EUR", "欧元": "EUR", "£": "GBP", "gbp": "GBP", "英镑": "GBP", "jpy": "JPY", "日元": "JPY",
    }.items()
}  # fmt: skip

LONGEST_NUMBER = 48
FLOAT_DIGITS = 15
"""A sheet's number is a float: beyond 15 digits it holds noise, and Excel shows no more either."""

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
CENT = Decimal(1)


def _words(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


PLAIN = r"(?:\d+\.?\d*|\.\d+)"
GROUPED = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?)"
NUMBER = rf"(?:{GROUPED}|{PLAIN})"
AMOUNT = re.compile(
    rf"(?P<open>\()?\s*(?P<before>{_words(CURRENCIES)})?\s*(?P<sign>[-+])?\s*(?P<inner>{_words(CURRENCIES)})?\s*"
    rf"(?P<body>{NUMBER}(?:\s*(?:{_words(SCALES)})(?:{NUMBER}(?:{_words(SCALES)}|(?=元)))?)?)"
    rf"\s*(?P<yuan>元|圆|块)?整?\s*(?P<after>{_words(CURRENCIES)})?\s*(?P<trailing>-)?\s*(?P<close>\))?"
)
"""“-¥1,234.50”, “(1,234.00)”, “1.2亿”, “1亿2,000万元”, “12,345万美元”, “1,234-” — but not “1,2” and not “1万2”."""

ABOUT = re.compile(r"(?:大约|大概|约|近|~|≈)\s*(?P<after>.+)|(?P<before>.+?)\s*(?:左右|上下)")
"""“约60万”, “60万左右”: an amount that is not settled yet."""

PART = re.compile(rf"({NUMBER})\s*({_words(SCALES)})?")
WHOLE = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+))(?:\.0*)?")
RATIO = re.compile(rf"([-+]?){PLAIN}\s*([%‰])?")
SCIENTIFIC = re.compile(r"[-+]?\d+(?:\.\d*)?e[-+]?\d+")
NOT_FINITE = re.compile(r"[-+]?(?:nan|inf|infinity)")

AMOUNT_WANTED = Text("金额", "an amount")


# Money ---------------------------------------------------------------------------------------


def parse_money(cell: Cell, unit: str = "元", *, currency: str = "", notes: Notes | None = None) -> int | None:
    """Return a cell as 分, or None where nothing is.

    Rounded half away from zero where there are more than two decimals, with a note that states
    the difference; a number of a sheet is taken digit by digit, and only the note passes over
    the noise of floats (46.90000000000001).

    Args:
        unit: what a bare number counts, a key of ``MONEY_UNITS``; a unit in the cell overrules it.
        currency: ISO code of the column; another one in the cell is refused. Empty = not asked.

    Raises:
        ValueProblem: not an amount, ambiguous, not finite, of another currency, or beyond 10^14 分.
        KeyError: no such unit.

    >>> parse_money("1.2亿"), parse_money("12,345", "万元"), parse_money("(1,234.00)"), parse_money("—")
    (12000000000, 12345000000, -123400, None)
    """
    value = present(cell)
    if value is None:
        return None
    factor = MONEY_UNITS[unit]
    if isinstance(value, str):
        amount = _written_amount(cell, _settled(cell, value.lower(), notes), factor, currency)
    else:
        amount = EXACT.multiply(_number(cell, value, "money/not-an-amount", AMOUNT_WANTED), factor)
    return _minor(cell, amount, notes)


def _minor(cell: Cell, amount: Decimal, notes: Notes | None) -> int:
    exact = EXACT.multiply(amount, Decimal(MINOR_PER_UNIT))
    if abs(exact) > MAX_MINOR:
        raise problem(
            "money/too-large",
            cell,
            Text("金额“{value}”超过 1 万亿元。", "The amount “{value}” is above 1,000,000,000,000."),
            Text("请核对单位（元、万元、亿元）。", "Check the unit (元, 万元, 亿元)."),
        )
    minor = exact.quantize(CENT, context=EXACT)
    told = exact if isinstance(cell, str) else _without_noise(exact)
    if minor != told and notes is not None:
        rounded, change = minor / MINOR_PER_UNIT, EXACT.subtract(minor, told) / MINOR_PER_UNIT
        seen = f"{rounded:.2f}", f"{change.normalize():+f}"
        notes.append(
            problem(
                "money/rounded",
                cell,
                Text(
                    f"“{{value}}”超过两位小数，按 {seen[0]} 元导入，差 {seen[1]} 元。",
                    f"“{{value}}” has more than two decimals; {seen[0]} was taken, a difference of {seen[1]}.",
                ),
                Text("需要精确到分时请在来源中修正。", "Correct it at the source if every cent matters."),
                "note",
            )
        )
    return int(minor)


def _settled(cell: Cell, text: str, notes: Notes | None) -> str:
    """Return a text without the words that say about; a note says that they were there."""
    found = ABOUT.fullmatch(text)
    if found is None:
        return text
    if notes is not None:
        notes.append(
            problem(
                "money/about",
                cell,
                Text("“{value}”是约数，按这个数导入。", "“{value}” is about an amount; that amount was taken."),
                Text("定下来后改成准数。", "Change it when it is settled."),
                "note",
            )
        )
    return found["after"] or found["before"]


def _written_amount(cell: Cell, text: str, factor: Decimal, currency: str) -> Decimal:
    """Return the 元 that a text says; its own unit stands before the column's."""
    found = AMOUNT.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    if found is None:
        raise _no_amount(cell, text)
    signs = [found["sign"] == "-", bool(found["trailing"]), bool(found["open"])]
    if bool(found["open"]) != bool(found["close"]) or sum(signs) > 1:
        raise _no_amount(cell, text)
    _check_currency(cell, [found[place] for place in ("before", "inner", "after") if found[place]], currency)
    parts = PART.findall(found["body"])
    scales = [SCALES.get(scale, 1) for _, scale in parts]
    if sorted(set(scales), reverse=True) != scales:
        raise _no_amount(cell, text)
    amount = sum((_digits(digits) * scale for (digits, _), scale in zip(parts, scales, strict=True)), Decimal(0))
    said = found["yuan"] or any(scale for _, scale in parts)
    return EXACT.multiply(-amount if any(signs) else amount, Decimal(1) if said else factor)


def _digits(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _check_currency(cell: Cell, signs: list[str], currency: str) -> None:
    for sign in signs:
        if currency and currency.upper() not in CURRENCIES[sign]:
            raise problem(
                "money/other-currency",
                cell,
                Text(f"“{{value}}”的币种不是 {currency}。", f"“{{value}}” is not in {currency}."),
                Text("请换算后填写，或为该列指定币种。", "Convert the amount, or say which currency the column is in."),
            )


def _no_amount(cell: Cell, text: str) -> ValueProblem:
    """Return why a text is no amount, as precisely as its look allows."""
    if NOT_FINITE.fullmatch(text):
        return problem(
            "money/not-finite",
            cell,
            Text("“{value}”不是有限的数。", "“{value}” is not a finite number."),
            Text("请填写金额，没有则留空。", "Enter the amount, or leave the cell empty."),
        )
    if SCIENTIFIC.fullmatch(text):
        return problem(
            "money/scientific",
            cell,
            Text("“{value}”是科学计数法，可能已丢失位数。", "“{value}” is in scientific notation; digits may be lost."),
            Text("请把该列设为数值格式后重新导出。", "Format the column as a number and export again."),
        )
    if len(text) <= LONGEST_NUMBER and re.fullmatch(r"[-+]?[\d.,' ]+|\([\d.,' ]+\)", text):
        return problem(
            "money/ambiguous",
            cell,
            Text("“{value}”的分隔符有歧义。", "The separators in “{value}” are ambiguous."),
            Text("请写成 1234.50 或 1,234.50。", "Write 1234.50 or 1,234.50."),
        )
    return problem(
        "money/not-an-amount",
        cell,
        Text("“{value}”不是金额。", "“{value}” is not an amount."),
        Text(
            "请写成 1234.50、12.5万 或 1.2亿；没有则留空。",
            "Write 1234.50, 12.5万 or 1.2亿; leave it empty if there is none.",
        ),
    )


def _number(cell: Cell, value: Cell, rule: str, wanted: Text) -> Decimal:
    """Return a sheet's number, digit by digit as its file says it."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise wrong_kind(rule, cell, wanted)
    number = Decimal(value)
    if not number.is_finite():
        raise problem(
            rule,
            cell,
            Text("“{value}”不是有限的数。", "“{value}” is not a finite number."),
            Text("请填写一个数，没有则留空。", "Enter a number, or leave the cell empty."),
        )
    return number


def _without_noise(number: Decimal) -> Decimal:
    return Context(prec=FLOAT_DIGITS, rounding=ROUND_HALF_UP).plus(number)


# Whole numbers and shares ----------------------------------------------------------------------


def parse_int(cell: Cell, *, limit: int = 10**9) -> int | None:
    """Return a cell as a whole number, or None where nothing is.

    Raises:
        ValueProblem: no whole number, or beyond ±``limit``.

    >>> parse_int("１,２３４"), parse_int("12.0"), parse_int("N/A")
    (1234, 12, None)
    """
    value = present(cell)
    if value is None:
        return None
    if isinstance(value, str):
        found = WHOLE.fullmatch(value) if len(value) <= LONGEST_NUMBER else None
        number = _digits(found[1]) if found else None
    else:
        number = _without_noise(_number(cell, value, "count/not-whole", Text("整数", "a whole number")))
    if number is None or number != number.to_integral_value():
        raise problem(
            "count/not-whole",
            cell,
            Text("“{value}”不是整数。", "“{value}” is not a whole number."),
            Text("请填写整数，例如 12。", "Enter a whole number, for example 12."),
        )
    if abs(number) > limit:
        raise problem(
            "count/too-large",
            cell,
            Text(f"“{{value}}”超过上限 {limit:,}。", f"“{{value}}” is above {limit:,}."),
            Text("请核对该值。", "Check the value."),
        )
    return int(number)


RatioScale = Literal["", "ratio", "percent"]


def parse_ratio(cell: Cell, scale: RatioScale = "", *, limit: int = 100) -> Decimal | None:
    """Return a share as 0–1, or None where nothing is.

    “35%” says itself what it is. A bare number is what ``scale`` says; undeclared, one from −1
    to 1 is a ratio and a larger one is refused.

    Args:
        limit: the largest share, 100 = 10,000 %.

    Raises:
        ValueProblem: no number, ambiguous, or beyond ±``limit``.

    >>> parse_ratio("35％"), parse_ratio("0.35"), parse_ratio(35, "percent")
    (Decimal('0.35'), Decimal('0.35'), Decimal('0.35'))
    """
    value = present(cell)
    if value is None:
        return None
    sign = ""
    if isinstance(value, str):
        found = RATIO.fullmatch(value) if len(value) <= LONGEST_NUMBER else None
        if found is None:
            raise _no_ratio(cell)
        sign = found[2] or ""
        number = Decimal(value.removesuffix(sign).strip())
    else:
        number = _without_noise(_number(cell, value, "ratio/not-a-ratio", Text("比例", "a ratio")))
    if not sign and not scale and abs(number) > 1:
        raise _ambiguous_ratio(cell, number)
    exponent = -3 if sign == "‰" else -2 if sign == "%" or scale == "percent" else 0
    ratio = _scaled(number, exponent)
    if abs(ratio) > limit:
        raise problem(
            "ratio/too-large",
            cell,
            Text(f"“{{value}}”超过 {limit * 100:,}%。", f"“{{value}}” is above {limit * 100:,} %."),
            Text("请核对该比例。", "Check the ratio."),
        )
    return ratio


def _scaled(number: Decimal, exponent: int) -> Decimal:
    with localcontext(EXACT):
        return number.scaleb(exponent) if exponent else number


def _no_ratio(cell: Cell) -> ValueProblem:
    return problem(
        "ratio/not-a-ratio",
        cell,
        Text("“{value}”不是比例。", "“{value}” is not a ratio."),
        Text("请写成 35% 或 0.35。", "Write 35% or 0.35."),
    )


def _ambiguous_ratio(cell: Cell, number: Decimal) -> ValueProblem:
    percent = shown(number)
    return problem(
        "ratio/ambiguous",
        cell,
        Text(
            f"“{{value}}”可能是 {percent}%，也可能是 {percent} 倍。",
            f"“{{value}}” may mean {percent} % or {percent} times.",
        ),
        Text(
            "请写成 35% 或 0.35，或声明该列是百分数。", "Write 35% or 0.35, or declare that the column holds percents."
        ),
    )
