"""Customers, products and stages of the invented company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import FloatArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.money import MINOR_PER_UNIT
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.demo import vocabulary as words
from dacheng.demo.framing import framed
from dacheng.demo.organisation import Units

DEALS_PER_CUSTOMER = 25
"""In a company of any size; the curated one has about five."""

INDUSTRY_NAMES = tuple(name for name, _ in words.INDUSTRIES)
LINE_NAMES = tuple(words.LINES)


@dataclass(frozen=True, slots=True, eq=False)
class Customers:
    """Customers sorted by the unit that serves them; the id is the position + 1.

    Args:
        industry: position in ``INDUSTRY_NAMES``.
        size: how large their projects are, 1 = usual.
        first, count: by unit id: position of its first customer and how many it has.
    """

    names: tuple[str, ...]
    regions: tuple[str, ...]
    industry: IntArray
    size: FloatArray
    first: IntArray
    count: IntArray

    def drawn(self, rng: np.random.Generator, unit: IntArray) -> IntArray:
        """Return the id of a customer of each unit; a few of them buy more often."""
        rank = rng.random(len(unit)) ** 1.4
        return np.asarray(self.first[unit] + (rank * self.count[unit]).astype(np.int64) + 1)


def curated_customers(rng: np.random.Generator, units: Units) -> Customers:
    """Return the customers that the demo shows."""
    number = {code: at for at, code in enumerate(units.codes, 1)}
    listed = [(number[code], region, one) for code, region, several in words.CUSTOMERS for one in several.split()]
    listed.sort(key=lambda one: one[0])
    named = [one.split(":") for _, _, one in listed]
    unit = np.array([one for one, _, _ in listed])
    industry = np.array([INDUSTRY_NAMES.index(one) for _, one in named])
    names, regions = tuple(name for name, _ in named), tuple(region for _, region, _ in listed)
    return _served(rng, units, unit, names, regions, industry)


def composed_customers(rng: np.random.Generator, units: Units, deals: int) -> Customers:
    """Return customers with names put together from parts, shared evenly by the units."""
    shape = (len(words.REGION_WORDS), len(words.PLACE_WORDS), len(words.TRADE_WORDS), len(INDUSTRY_NAMES))
    count = min(max(deals // DEALS_PER_CUSTOMER, 3 * len(units)), int(np.prod(shape)))
    region, place, trade, industry = np.unravel_index(rng.permutation(int(np.prod(shape)))[:count], shape)
    names = tuple(
        words.REGION_WORDS[a] + words.PLACE_WORDS[b] + words.TRADE_WORDS[c] + INDUSTRY_NAMES[d]
        for a, b, c, d in zip(region.tolist(), place.tolist(), trade.tolist(), industry.tolist(), strict=True)
    )
    unit = np.sort(units.selling[np.arange(count) % len(units.selling)])
    regions = tuple(units.names[one - 1] for one in unit.tolist())
    return _served(rng, units, unit, names, regions, industry.astype(np.int64))


def _served(
    rng: np.random.Generator,
    units: Units,
    unit: IntArray,
    names: tuple[str, ...],
    regions: tuple[str, ...],
    industry: IntArray,
) -> Customers:
    count = np.bincount(unit, minlength=len(units) + 1)
    first = np.searchsorted(unit, np.arange(len(units) + 1))
    size = np.exp(0.35 * rng.standard_normal(len(names)))
    return Customers(names, regions, industry, size, first, count)


def customers_frame(customers: Customers) -> Frame:
    """Return the customers; they hold always."""
    count = len(customers.names)
    return framed(
        {"customer_id": np.arange(1, count + 1), **always(count)},
        code=[f"KH{at:05d}" for at in range(1, count + 1)],
        name=customers.names,
        industry=[INDUSTRY_NAMES[one] for one in customers.industry],
        region=customers.regions,
    )


def always(count: int) -> dict[str, IntArray]:
    """Return the interval of rows that hold from first to forever."""
    return {"from_day": np.full(count, FIRST_DAY), "to_day": np.full(count, FAR_DAY)}


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """Products in the order of the price list, by position; ``line`` is a position in ``LINE_NAMES``.

    Args:
        price: list price in minor units.
        margin_bp, tax_bp: usual margin and VAT rate of the product's line.
    """

    line: IntArray
    price: IntArray
    margin_bp: IntArray
    tax_bp: IntArray

    def drawn(self, rng: np.random.Generator, line: IntArray) -> IntArray:
        """Return the id of a product of each line."""
        first = np.searchsorted(self.line, line)
        count = np.bincount(self.line)[line]
        return np.asarray(first + (rng.random(len(line)) ** 1.3 * count).astype(np.int64) + 1)


def price_list() -> Products:
    """Return the products; rows of ``PRODUCTS`` stand by line."""
    line = np.array([LINE_NAMES.index(one) for _, _, one, *_ in words.PRODUCTS])
    margin, tax = (np.array([words.LINES[name][at] for name in LINE_NAMES], dtype=np.int64) for at in (1, 2))
    price = np.array([price for *_, price, _ in words.PRODUCTS]) * MINOR_PER_UNIT
    return Products(line, price, margin[line], tax[line])


def lines_at(ratio: FloatArray) -> IntArray:
    """Return the product line at each ratio, 0 to 1, of the lines' running shares."""
    running = np.cumsum([share for share, *_ in words.LINES.values()])
    return np.asarray(np.searchsorted(running, ratio * running[-1], side="right"), dtype=np.int64)


def products_frame(products: Products) -> Frame:
    """Return the price list."""
    count = len(words.PRODUCTS)
    return framed(
        {"product_id": np.arange(1, count + 1), "list_price": products.price, **always(count)},
        code=[code for code, *_ in words.PRODUCTS],
        name=[name for _, name, *_ in words.PRODUCTS],
        line=[line for _, _, line, *_ in words.PRODUCTS],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """The stage set: ids of the open stages in order, and the two ends."""

    open_ids: IntArray
    won_id: int
    lost_id: int

    @classmethod
    def of(cls, frame: Frame) -> Stages:
        """Return the stages of a stage set."""
        number, state = (np.array(frame.columns[name], dtype=np.int64) for name in ("stage_id", "state"))
        return cls(number[state == OPEN], int(number[state == WON][0]), int(number[state == LOST][0]))
