"""Customers, products and stages of the invented company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import FloatArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.money import MINOR_PER_UNIT
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.products.schema import CUSTOM, FLOW
from dacheng.demo import vocabulary as words
from dacheng.demo.accounts import CUSTOMERS
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.organisation import Units

DEALS_PER_CUSTOMER = 25
"""In three years."""

INDUSTRY_NAMES = tuple(name for name, _ in words.INDUSTRIES)
LINE_NAMES = tuple(words.LINES)
FIRST_TYPE = len(LINE_NAMES) + 1
"""Segment of the first industry: product lines come first, then every industry as a customer type."""


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


def drawn_customers(rng: np.random.Generator, units: Units, deals: int) -> Customers:
    """Return the curated customers; a company with many deals has more, with names put together from parts."""
    number = {code: at for at, code in enumerate(units.codes, 1)}
    listed = [(number[code], region, one) for code, region, several in CUSTOMERS for one in several.split()]
    listed += _composed(rng, units, max(deals // DEALS_PER_CUSTOMER - len(listed), 3 * _groups_without(units)))
    listed.sort(key=lambda one: one[0])
    named = [one.split(":") for _, _, one in listed]
    unit, industry = np.array([one for one, _, _ in listed]), np.array([INDUSTRY_NAMES.index(one) for _, one in named])
    names, regions = tuple(name for name, _ in named), tuple(region for _, region, _ in listed)
    return _served(rng, units, unit, names, regions, industry)


def _groups_without(units: Units) -> int:
    """Count the selling units that no curated customer belongs to."""
    return len(units.selling) - len(CUSTOMERS)


def _composed(rng: np.random.Generator, units: Units, count: int) -> list[tuple[int, str, str]]:
    """Return (unit, region, name:industry) of so many customers, dealt to the selling units, the last unit first."""
    shape = (len(words.REGION_WORDS), len(words.PLACE_WORDS), len(words.TRADE_WORDS), len(INDUSTRY_NAMES))
    drawn = rng.permutation(int(np.prod(shape)))[:count]
    region, place, trade, industry = (one.tolist() for one in np.unravel_index(drawn, shape))
    named = [
        words.REGION_WORDS[a] + words.PLACE_WORDS[b] + words.TRADE_WORDS[c] + f"{INDUSTRY_NAMES[d]}:{INDUSTRY_NAMES[d]}"
        for a, b, c, d in zip(region, place, trade, industry, strict=True)
    ]
    serving = units.selling[-1 - np.arange(len(named)) % len(units.selling)].tolist()
    provinces = _provinces(units)
    return [(unit, provinces[unit], one) for unit, one in zip(serving, named, strict=True)]


def _provinces(units: Units) -> dict[int, str]:
    """Return the province of each selling unit: that of its office's other customers."""
    known = {code: region for code, region, _ in CUSTOMERS} | {code[:5]: region for code, region, _ in CUSTOMERS}
    return {int(unit): known.get(units.codes[unit - 1]) or known[units.codes[unit - 1][:5]] for unit in units.selling}


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
    nobody = missing_where(np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.int64))
    facts = {
        "customer_id": np.arange(1, count + 1),
        "segment_id": FIRST_TYPE + customers.industry,
        "partner_id": nobody,
    }
    return framed(
        facts | always(count),
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
        {
            "product_id": np.arange(1, count + 1),
            "list_price": products.price,
            "motion": [FLOW if line in words.FLOWING else CUSTOM for _, _, line, *_ in words.PRODUCTS],
            **always(count),
        },
        code=[code for code, *_ in words.PRODUCTS],
        name=[name for _, name, *_ in words.PRODUCTS],
        line=[line for _, _, line, *_ in words.PRODUCTS],
    )


BASELINES_BP, BENCHMARK_DAYS = (9000, 8500, 8000, 7500, 8500), (45, 45, 40, 30, 25)
"""What the company expects of its open stages: the share that moves on, and the usual days in them."""


def stages_with_standards(frame: Frame) -> Frame:
    """Return the stages with what the company expects of the open ones."""
    still = [state == OPEN for state in frame.columns["state"]]
    standards = {"baseline_bp": iter(BASELINES_BP), "benchmark_days": iter(BENCHMARK_DAYS)}
    columns = {name: [next(one) if here else None for here in still] for name, one in standards.items()}
    return Frame({**frame.columns, **columns}, frame.labels)


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
