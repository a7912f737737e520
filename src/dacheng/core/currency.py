"""Currencies (币种): what was booked, what came, and the difference (汇兑差额, I19, G42).

Amounts of every table are in the company's own currency. A contract in another one is booked at the rate of its
signing and stays so; a receipt is worth what the bank gave for it. The difference is a figure of its own and never
changes what was signed or is open.
"""

from __future__ import annotations

from fractions import Fraction

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import round_half_away, to_decimal

OWN = 156
CURRENCIES = (
    (156, "CNY", Text("人民币", "Yuan")),
    (840, "USD", Text("美元", "US dollar")),
    (978, "EUR", Text("欧元", "Euro")),
    (344, "HKD", Text("港元", "Hong Kong dollar")),
    (392, "JPY", Text("日元", "Yen")),
    (826, "GBP", Text("英镑", "Pound")),
    (702, "SGD", Text("新加坡元", "Singapore dollar")),
    (410, "KRW", Text("韩元", "Won")),
    (36, "AUD", Text("澳元", "Australian dollar")),
    (124, "CAD", Text("加元", "Canadian dollar")),
    (756, "CHF", Text("瑞士法郎", "Swiss franc")),
    (643, "RUB", Text("卢布", "Rouble")),
    (458, "MYR", Text("林吉特", "Ringgit")),
    (764, "THB", Text("泰铢", "Baht")),
    (704, "VND", Text("越南盾", "Dong")),
    (360, "IDR", Text("印尼盾", "Rupiah")),
    (356, "INR", Text("印度卢比", "Rupee")),
    (784, "AED", Text("迪拉姆", "Dirham")),
)
"""By their number in ISO 4217; every one is kept in hundredths of its unit."""


def settled(foreign: int, contract: int, contract_foreign: int) -> int:
    """Return what a payment in a currency settles of a contract, at the rate the contract was booked at.

    Args:
        foreign: hundredths of the currency. contract, contract_foreign: the contract in the company's own and in its
            own currency; their ratio is the booked rate.

    Raises:
        RuleError: the contract has no amount in its currency.

    Source: golden case G42.

    >>> settled(100_000_00, 710_000_00, 100_000_00)
    71000000
    """
    if contract_foreign == 0:
        raise RuleError(
            Text("合同没有原币金额，不知道按什么汇率入账。", "The contract has no amount in its currency, so no rate."),
            Text("补填合同的原币金额。", "Enter the contract's amount in its currency."),
        )
    rate = Fraction(contract, contract_foreign)
    return round_half_away(foreign * rate.numerator, rate.denominator)


def booked(foreign: int, rate: Fraction) -> int:
    """Return an amount in another currency at a rate, minor units of the company's own.

    Raises:
        RuleError: the rate is not above zero.

    >>> booked(100_000_00, Fraction("7.10"))
    71000000
    """
    if rate <= 0:
        raise RuleError(
            Text(f"汇率 {float(rate):g} 不能用。", f"A rate of {float(rate):g} cannot be."),
            Text("汇率要大于 0，例如 7.10。", "A rate is above zero, such as 7.10."),
        )
    return round_half_away(foreign * rate.numerator, rate.denominator)


def check_foreign(currency: int, amount: int, foreign: int | None) -> None:
    """Refuse an amount in the company's own currency that is told twice and differs, or one in another told once only.

    Raises:
        RuleError: says which.
    """
    code = next(code for number, code, _ in CURRENCIES if number == currency)
    if currency == OWN and foreign is not None and foreign != amount:
        given, counted = to_decimal(foreign), to_decimal(amount)
        raise RuleError(
            Text(
                f"人民币合同的原币金额 {given} 与金额 {counted} 不同。",
                f"{given} and {counted} are told in one currency.",
            ),
            Text("清空原币金额，或改币种。", "Leave the foreign amount blank, or change the currency."),
        )
    if currency != OWN and foreign is None:
        raise RuleError(
            Text(f"{code} 没有原币金额。", f"The amount in {code} is missing."),
            Text(f"填 {code} 金额；人民币金额按入账汇率。", f"Enter the amount in {code} beside the booked one."),
        )
