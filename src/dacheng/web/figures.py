"""Figures (数字) as people read them: amounts, changes, shares, days and their unit words.

Pure text functions; nothing here changes a value. A rounded display never changes a
sum: totals arrive already summed in minor units and are rounded once, here.
Minus is U+2212, missing is an en dash, and a true zero is ``0.00``.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias

from dacheng.core.money import MINOR_PER_UNIT, round_half_away

Unit: TypeAlias = Literal["yuan", "wan", "yi"]
Language: TypeAlias = str

UNITS: tuple[Unit, ...] = ("yuan", "wan", "yi")
MINUS = "−"
MISSING = "–"

_EPOCH = date(1970, 1, 1)
_UNITS_EACH = {"yuan": 1, "wan": 10_000, "yi": 100_000_000}
_CHINESE_STEP = {"yuan": "", "wan": "万", "yi": "亿"}
_ENGLISH_STEP = {"yuan": "", "wan": "10k ", "yi": "100m "}
_CHINESE_CURRENCY = {"CNY": "元", "USD": "美元", "EUR": "欧元", "HKD": "港元", "JPY": "日元", "GBP": "英镑"}
_CHINESE_WEEKDAYS = "一二三四五六日"
_ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def money(minor: int | None, unit: Unit = "wan", places: int = 2) -> str:
    """Return an amount in a display unit, halves away from zero.

    Args:
        minor: minor units (分); None when it is missing.

    >>> money(20_000_055_00), money(-150), money(-150, "yuan"), money(None), money(0)
    ('2,000.01', '0.00', '−1.50', '–', '0.00')
    """
    if minor is None:
        return MISSING
    step = MINOR_PER_UNIT * _UNITS_EACH[unit]
    return _grouped(round_half_away(int(minor) * 10**places, step), places)


def money_delta(minor: int | None, unit: Unit = "wan", places: int = 2) -> str:
    """Return a change of an amount with its sign; a change that rounds to zero has none.

    >>> money_delta(2_140_000_00), money_delta(-3_860_000_00), money_delta(0)
    ('+214.00', '−386.00', '0.00')
    """
    return signed(money(minor, unit, places))


def exact(minor: int | None, unit: Unit = "wan") -> str:
    """Return the shortest decimal that is exactly the amount, as an input holds it; empty when missing.

    >>> exact(3_212_500_00), exact(-1), exact(5_000_000_00, "yi"), exact(None)
    ('321.25', '-0.000001', '0.05', '')
    """
    if minor is None:
        return ""
    places = len(str(MINOR_PER_UNIT * _UNITS_EACH[unit])) - 1
    whole, part = divmod(abs(int(minor)), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{places}d}".rstrip("0").rstrip(".")


def signed(text: str) -> str:
    """Put ``+`` before a figure that is above zero; leave missing, zero and negative ones.

    >>> signed("3.0"), signed("0.00"), signed("−2")
    ('+3.0', '0.00', '−2')
    """
    above = text[:1].isdigit() and any(digit in "123456789" for digit in text)
    return f"+{text}" if above else text


def count(number: int | None) -> str:
    """Return a whole number with thousands separators.

    >>> count(8800), count(-3), count(None)
    ('8,800', '−3', '–')
    """
    return MISSING if number is None else _grouped(int(number), 0)


def ratio(value: float | None, places: int = 1) -> str:
    """Return a share 0–1 as a percentage, not capped.

    >>> ratio(0.769), ratio(1.0305), ratio(None), ratio(0.34, 0)
    ('76.9%', '103.1%', '–', '34%')
    """
    return MISSING if value is None else f"{_hundredfold(value, places)}%"


def points(difference: float | None, places: int = 0) -> str:
    """Return a difference of two shares in percentage points, with its sign.

    >>> points(-0.09), points(0.03), points(0.0), points(-0.127, 1)
    ('−9 pp', '+3 pp', '0 pp', '−12.7 pp')
    """
    return MISSING if difference is None else f"{signed(_hundredfold(difference, places))} pp"


def number(value: float | None, places: int = 1) -> str:
    """Return a number with a fraction.

    >>> number(7.35), number(-1234.0), number(None)
    ('7.4', '−1,234.0', '–')
    """
    return MISSING if value is None else _scaled(Decimal(repr(float(value))), places)


def day(number: int | date | None, reference: int | date | None = None) -> str:
    """Return an ISO day, short (``11-20``) in the year of the reference day.

    Args:
        number: days since 1970-01-01, or a date; None when there is none.
        reference: the as-of day of the page; without it the year is always shown.

    >>> day(date(2026, 11, 20), date(2026, 1, 5)), day(20_000), day(None)
    ('11-20', '2024-10-04', '–')
    """
    if number is None:
        return MISSING
    shown = as_date(number)
    short = reference is not None and as_date(reference).year == shown.year
    return shown.strftime("%m-%d") if short else shown.isoformat()


def day_with_weekday(number: int | date, language: Language = "zh", reference: int | date | None = None) -> str:
    """Return the day with its weekday, after it in Chinese and before it in English.

    >>> day_with_weekday(date(2026, 11, 20)), day_with_weekday(date(2026, 11, 20), "en")
    ('2026-11-20 周五', 'Fri 2026-11-20')
    """
    text, named = day(number, reference), weekday(number, language)
    return f"{named} {text}" if is_english(language) else f"{text} {named}"


def weekday(number: int | date, language: Language = "zh") -> str:
    """Return the day of the week.

    >>> weekday(date(2026, 11, 20)), weekday(date(2026, 11, 20), "en")
    ('周五', 'Fri')
    """
    at = as_date(number).weekday()
    return _ENGLISH_WEEKDAYS[at] if is_english(language) else f"周{_CHINESE_WEEKDAYS[at]}"


def month(ym: int | None) -> str:
    """Return a month ``12 * year + month - 1`` as ``2026-03``.

    >>> month(12 * 2026 + 2), month(None)
    ('2026-03', '–')
    """
    return MISSING if ym is None else f"{ym // 12:04d}-{ym % 12 + 1:02d}"


def unit_words(unit: Unit, currency: str = "CNY", language: Language = "zh") -> str:
    """Return the words of a display unit for the as-of bar.

    A currency without a Chinese name keeps its code: ``万 CHF``.

    >>> unit_words("wan"), unit_words("wan", "USD"), unit_words("wan", "CNY", "en"), unit_words("yuan", "USD", "en")
    ('万元', '万美元', '10k CNY', 'USD')
    """
    if is_english(language):
        return f"{_ENGLISH_STEP[unit]}{currency}"
    step = _CHINESE_STEP[unit]
    named = _CHINESE_CURRENCY.get(currency)
    return f"{step}{named}" if named else f"{step} {currency}".strip()


def as_date(number: int | date) -> date:
    """Return the date of a day number (days since 1970-01-01); a date is returned as it is."""
    return number if isinstance(number, date) else _EPOCH + timedelta(days=int(number))


def is_english(language: Language) -> bool:
    """Tell whether a language code is one of the English ones."""
    return language.lower().startswith("en")


def _grouped(scaled: int, places: int) -> str:
    """Return ``scaled / 10**places`` with thousands separators and exactly that many decimals."""
    whole, part = divmod(abs(scaled), 10**places)
    decimals = f".{part:0{places}d}" if places else ""
    return f"{MINUS if scaled < 0 else ''}{whole:,}{decimals}"


def _hundredfold(value: float, places: int) -> str:
    # repr() keeps the shortest decimal of a float, so 0.0125 rounds as people expect: to 1.3 %.
    return _scaled(Decimal(repr(float(value))) * 100, places)


def _scaled(exact: Decimal, places: int) -> str:
    return _grouped(int(exact.scaleb(places).quantize(Decimal(1), ROUND_HALF_UP)), places)
