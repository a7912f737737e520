"""Contracts of won deals, and renewals that never were a deal; each with lines that sum to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.contracts.schema import COUNTED, NORMAL
from dacheng.core.currency import OWN
from dacheng.core.money import BP_PER_WHOLE, MINOR_PER_UNIT, round_half_away, split_many
from dacheng.core.period import FAR_DAY, ym_of
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.histories import Texts, numbered
from dacheng.demo.market import LINE_NAMES, Customers, Products
from dacheng.demo.organisation import People
from dacheng.demo.pipeline import Pipeline
from dacheng.demo.timeline import SEASON, Timeline, stream

RENEWAL_SHARE = 0.035
"""Renewals without a deal, for each deal of the company."""

RENEWAL_AMOUNTS = (96_000, 180_000, 180_000, 276_000, 360_000)
RENEWAL_LINE = LINE_NAMES.index("运维服务")

SERVICE_EVERY, SERVICE_MONTHS = 9, 36
"""Every ninth contract is one of service over three years."""

AMENDED_SHARE = 0.06
"""Contracts signed for a little more or less than the deal was won for."""

LINES_RUNNING = (0.45, 0.8)
"""Running share of contracts with one line, and with two; the rest has three."""

LINE_WEIGHTS = (70, 20, 10)
COST_UNKNOWN = 0.04
PRICE_STEP = 100 * MINOR_PER_UNIT
"""Lines are priced in whole hundreds of 元."""


@dataclass(frozen=True, slots=True, eq=False)
class Contracts:
    """Contracts by effective day; the id is the position + 1. Shape (n,).

    Args:
        deal: id of the deal, 0 for none.
        amount, amount_ex, cost: minor units; where ``costed`` is False the cost is not known.
    """

    owner: IntArray
    customer: IntArray
    deal: IntArray
    product: IntArray
    signed: IntArray
    effective: IntArray
    amount: IntArray
    amount_ex: IntArray
    cost: IntArray
    costed: BoolArray

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines of contracts, contract by contract; ``contract`` is a position, ``number`` counts from 1."""

    contract: IntArray
    number: IntArray
    product: IntArray
    amount: IntArray
    tax_bp: IntArray
    amount_ex: IntArray
    cost: IntArray


def drawn_contracts(
    seed: int, timeline: Timeline, people: People, customers: Customers, products: Products, pipeline: Pipeline
) -> tuple[Contracts, Lines]:
    """Draw the contracts and their lines; a contract's amounts are the sums of its lines."""
    heads = _in_order(
        _from_deals(stream(seed, "amendments"), timeline, pipeline),
        _renewals(stream(seed, "renewals"), timeline, people, customers, products, len(pipeline)),
    )
    owner, customer, deal, product, signed, effective, amount = heads
    rng = stream(seed, "lines")
    lines = _lines(rng, amount, deal, product, products)
    count = len(owner)
    contracts = Contracts(
        owner=owner,
        customer=customer,
        deal=deal,
        product=product,
        signed=signed,
        effective=effective,
        amount=amount,
        amount_ex=_summed(lines, lines.amount_ex, count),
        cost=_summed(lines, lines.cost, count),
        costed=rng.random(count) >= COST_UNKNOWN,
    )
    return contracts, lines


Heads = tuple[IntArray, ...]
"""Owner, customer, deal, product, signed day, effective day and amount."""


def _in_order(*parts: Heads) -> Heads:
    columns = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    order = np.lexsort((columns[2], columns[5]))
    return tuple(column[order] for column in columns)


def _from_deals(rng: np.random.Generator, timeline: Timeline, pipeline: Pipeline) -> Heads:
    deal = np.flatnonzero(pipeline.effective < FAR_DAY)
    won = pipeline.amounts.signed[deal]
    changed = np.where(rng.random(len(deal)) < AMENDED_SHARE, rng.choice([0.95, 0.97, 1.03], len(deal)), 1.0)
    amount = np.maximum((won * changed).astype(np.int64) // PRICE_STEP, 5) * PRICE_STEP
    closed, effective = pipeline.lives.closed[deal], pipeline.effective[deal]
    owner = pipeline.owners.on(pipeline.lives.closed)[deal]
    return owner, pipeline.customer[deal], deal + 1, pipeline.product[deal], closed, effective, amount


def _renewals(
    rng: np.random.Generator, timeline: Timeline, people: People, customers: Customers, products: Products, deals: int
) -> Heads:
    count = max(round(RENEWAL_SHARE * deals), 3)
    effective = timeline.seasonal_days(rng, count, timeline.start + 20, SEASON)
    owner = rng.choice(people.reps, count)
    there = (people.joined[owner - 1] <= effective) & (effective < people.left[owner - 1])
    owner = np.where(there, owner, people.deputy[owner - 1])
    customer = customers.drawn(rng, people.home_on(owner, effective))
    product = products.drawn(rng, np.full(count, RENEWAL_LINE))
    amount = rng.choice(RENEWAL_AMOUNTS, count) * MINOR_PER_UNIT
    signed = timeline.on_or_before(effective - rng.integers(0, 9, count))
    return owner, customer, np.zeros(count, dtype=np.int64), product, signed, effective, amount


def _lines(rng: np.random.Generator, amount: IntArray, deal: IntArray, product: IntArray, products: Products) -> Lines:
    count = len(amount)
    many = np.where(deal == 0, 1, 1 + np.searchsorted(LINES_RUNNING, rng.random(count), side="right"))
    contract = np.repeat(np.arange(count), many)
    number = np.arange(len(contract)) - np.repeat(np.cumsum(many) - many, many) + 1
    other = rng.integers(1, len(products.line) + 1, len(contract))
    item = np.where(number == 1, product[contract], other)
    weight = np.array(LINE_WEIGHTS)[number - 1] + rng.integers(0, 8, len(contract))
    priced = split_many(amount // PRICE_STEP, weight, contract) * PRICE_STEP
    amount_ex = round_half_away(priced * BP_PER_WHOLE, BP_PER_WHOLE + products.tax_bp[item - 1])
    margin = products.margin_bp[item - 1] + (500 * rng.standard_normal(len(contract))).astype(np.int64)
    cost = round_half_away(amount_ex * (BP_PER_WHOLE - margin), BP_PER_WHOLE)
    return Lines(contract, number, item, priced, products.tax_bp[item - 1], amount_ex, cost)


def _summed(lines: Lines, values: IntArray, count: int) -> IntArray:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, lines.contract, values)
    return sums


def contract_frames(contracts: Contracts, lines: Lines, texts: Texts) -> dict[str, Frame]:
    """Return contracts and lines, each known from the day it takes effect.

    Args:
        texts: of the deals; a contract is called after its deal.
    """
    codes = numbered("HT", contracts.effective)
    forever = np.full(len(contracts), FAR_DAY)
    heads = framed(
        {
            "contract_id": np.arange(1, len(contracts) + 1),
            "owner_id": contracts.owner,
            "customer_id": contracts.customer,
            "deal_id": missing_where(contracts.deal == 0, contracts.deal),
            "signed_day": contracts.signed,
            "effective_day": contracts.effective,
            "executable_day": missing_where(np.ones(len(contracts), dtype=np.bool_), contracts.effective),
            "posted_day": contracts.effective,
            "intake": np.full(len(contracts), COUNTED),
            "one_off": np.zeros(len(contracts), dtype=np.int64),
            "amount": contracts.amount,
            "amount_ex": contracts.amount_ex,
            "cost": missing_where(~contracts.costed, contracts.cost),
            "kind": np.full(len(contracts), NORMAL),
            "framework_id": missing_where(np.ones(len(contracts), dtype=np.bool_), contracts.deal),
            "term_months": np.where(np.arange(len(contracts)) % SERVICE_EVERY == 0, SERVICE_MONTHS, 0),
            "amends_id": missing_where(np.ones(len(contracts), dtype=np.bool_), contracts.deal),
            "currency": np.full(len(contracts), OWN),
            "foreign_amount": missing_where(np.ones(len(contracts), dtype=np.bool_), contracts.deal),
            "from_day": contracts.effective,
            "to_day": forever,
        },
        code=codes,
        name=_contract_names(contracts, texts["name"].tolist()),
        intake_note=[""] * len(contracts),
        one_off_note=[""] * len(contracts),
    )
    return {"contracts": heads, "contract_lines": _lines_frame(contracts, lines, codes.tolist())}


def _contract_names(contracts: Contracts, deal_names: list[str]) -> list[str]:
    years = (ym_of(contracts.effective) // 12).tolist()
    return [
        deal_names[deal - 1] if deal else f"{year} 年度维保续签"
        for deal, year in zip(contracts.deal.tolist(), years, strict=True)
    ]


def _lines_frame(contracts: Contracts, lines: Lines, codes: list[str]) -> Frame:
    effective = contracts.effective[lines.contract]
    pairs = zip(lines.contract.tolist(), lines.number.tolist(), strict=True)
    return framed(
        {
            "line_id": np.arange(1, len(lines.contract) + 1),
            "contract_id": lines.contract + 1,
            "product_id": lines.product,
            "amount": lines.amount,
            "tax_bp": lines.tax_bp,
            "amount_ex": lines.amount_ex,
            "cost": missing_where(~contracts.costed[lines.contract], lines.cost),
            "owner_id": contracts.owner[lines.contract],
            "effective_day": effective,
            "from_day": effective,
            "to_day": np.full(len(lines.contract), FAR_DAY),
        },
        code=[f"{codes[contract]}-{number}" for contract, number in pairs],
    )
