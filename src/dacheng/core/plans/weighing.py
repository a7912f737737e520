"""What a breakdown can go by (权重来源): what rows achieved, have open, how many people they are, the company's own.

Each factor counts what its rule says (R048: potential, history, capacity); every row's share of every factor stays
visible. Weights are of siblings: a row weighs against those below the same row only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import IntArray, WholeArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import RuleError, Text
from dacheng.core.factors.choosing import Counts
from dacheng.core.factors.figures import Figures, figures_of, latest_figures, own_factors
from dacheng.core.factors.filling import filled
from dacheng.core.factors.schema import CAPACITY, HISTORY, POTENTIAL
from dacheng.core.filtering import INSIDE, Filter, equal
from dacheng.core.history.past import EVERYTHING, lines_wanted
from dacheng.core.money import BP_PER_WHOLE, group_sums, percent
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.choices import Choices, choices_of
from dacheng.core.plans.schema import BUFFER, PERSON, RESERVE, UNIT, VACANCY
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.factors import Blend, Factor, blend, in_lowest_terms
from dacheng.core.targets.feasibility import Naming, Stated, nth_part
from dacheng.core.targets.results import counting, results
from dacheng.core.tree import UNKNOWN

LARGEST_WEIGHT = 10**9

LABELS = {
    POTENTIAL: Text("潜力：在途商机", "Potential: open opportunities"),
    HISTORY: Text("历史：上一年业绩", "History: last year's results"),
    CAPACITY: Text("产能：在岗人月", "Capacity: months of people"),
}
"""What each factor that is counted here counts; those of the company have names of their own."""

LINES = """
    SELECT unit_id, person_id, CAST(SUM(amount) AS BIGINT) AS amount FROM actuals {where}
    GROUP BY unit_id, person_id ORDER BY unit_id, person_id"""
OPEN_DEALS = """
    SELECT unit_id, owner_id AS person_id, CAST(SUM(amount) AS BIGINT) AS amount FROM credits {where}
    GROUP BY unit_id, owner_id ORDER BY unit_id, owner_id"""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Weights of the rows of a plan, and how they came about.

    Args:
        weight: shape (n,), whole numbers up to a thousand million, among siblings, fits included.
        factors: number of each, those that are counted here first.
        stated: what each factor says, of all rows but the top one, in the order of the tree.
        blends: the same with what was filled in, once for each of ``choices.counts``.
        last: the period that history is of.
        disagreeing: factor -> how many units of the plan have a figure other than what is known below them.
    """

    weight: IntArray
    factors: tuple[int, ...]
    stated: tuple[Stated, ...]
    blends: tuple[Blend, ...]
    choices: Choices
    last: Period
    disagreeing: Mapping[int, int]

    def share(self, factor: int, position: int) -> Fraction | None:
        """Return a row's part of a factor among its siblings, 0–1; None where the factor says nothing of it.

        Args:
            factor: its place in ``factors``. position: of the row.
        """
        return self._blend(position).share_of(factor, position - 1) if position else None

    def counts(self, factor: int, position: int) -> Fraction | None:
        """Return what a factor counts among a row's siblings, 0–1; None for the top, and where nothing counts."""
        if not position:
            return None
        one = self._blend(position)
        return one.counts(factor, int(one.group[position - 1])) or None

    def wanted(self, factor: int, position: int) -> int | None:
        """Return what a factor shall count among a row's siblings, if it says something or not; None for the top."""
        return self._blend(position).factors[factor].weight if position else None

    def value(self, factor: int, position: int) -> int | None:
        """Return what a factor says of a row; None where it says nothing."""
        stated = self.stated[factor]
        return int(stated.value[position - 1]) if position and stated.known[position - 1] else None

    def is_filled(self, factor: int, position: int) -> bool:
        """Tell whether a row without a figure has the share that its other factors say."""
        return bool(position) and self.value(factor, position) is None and self.share(factor, position) is not None

    def part(self, factor: int, position: int) -> Fraction | None:
        """Return what a factor gives a row: its share × what the factor counts; None where either is not known."""
        share, counts = self.share(factor, position), self.counts(factor, position)
        return None if share is None or counts is None else share * counts

    def result(self, position: int) -> Fraction | None:
        """Return a row's part among its siblings by all factors, 0–1: the sum of share × what the factor counts."""
        parts = [self.part(at, position) for at in range(len(self.factors))]
        known = [one for one in parts if one is not None]
        return sum(known, Fraction()) if known else None

    def fitted(self, position: int) -> Fraction | None:
        """Return a row's part among its siblings by all factors and its fit, 0–1; None for the top."""
        if not position:
            return None
        group = self.blends[0].group
        whole = int(self.weight[1:][group == group[position - 1]].sum())
        return Fraction(int(self.weight[position]), whole) if whole else None

    def _blend(self, position: int) -> Blend:
        return self.blends[int(self.choices.below[self.blends[0].group[position - 1]])]


def weighed(book: Book, sheet: Sheet, counts: Counts | None = None, name: Naming = nth_part) -> Weighed:
    """Weigh the rows of a plan by several factors, times the fit of each row (多因子权重 × 适配系数).

    Args:
        counts: factor -> what it counts, >= 0; left out what was chosen for the plan, else the dated rules say.

    Raises:
        RuleError: a factor counts less than nothing.

    Source: R048, R049; golden case G10.
    """
    last = Period(sheet.plan.from_ym - MONTHS_PER_YEAR, sheet.plan.from_ym)
    stated, disagreeing = _stated(book, sheet, last)
    choices = choices_of(book, sheet, counts)
    group, taking = sheet.tree.parent_position[1:], ~np.isin(sheet.kind[1:], (BUFFER, RESERVE))

    def blended(one: Counts) -> Blend:
        """Blend as one choice says; a row without a figure counts as its other factors say."""
        factors = [
            Factor(LABELS.get(number, _nameless(number)), one.get(number, 0), each) for number, each in stated.items()
        ]
        return blend(filled(factors, taking, group, len(sheet)), group, len(sheet), lambda at: name(at + 1))

    blends = tuple(blended(one) for one in choices.counts)
    weights = np.stack([one.weights.astype(object) for one in blends])[choices.below[group], np.arange(len(group))]
    return Weighed(
        stored_weights(sheet, weights), tuple(stated), tuple(stated.values()), blends, choices, last, disagreeing
    )


def _stated(book: Book, sheet: Sheet, last: Period) -> tuple[dict[int, Stated], dict[int, int]]:
    """Return what each factor says of all rows but the top one, and how many units of the plan say another figure."""
    counted = {
        POTENTIAL: placed(book, sheet, open_amounts(book)),
        HISTORY: placed(book, sheet, results_of(book, sheet.measure_id, last)),
        CAPACITY: rolled(sheet, sheet.present.sum(axis=1) * np.isin(sheet.kind, (PERSON, VACANCY))),
    }
    found = {number: _known(sheet, np.maximum(value, 0)) for number, value in counted.items()}
    own, latest = own_factors(book), latest_figures(book)
    units, disagreeing = set(sheet.unit_id[sheet.kind == UNIT].tolist()), {}
    for number in own:
        figures = figures_of(book, number, latest)
        each = stated_at(sheet, figures)
        found[number] = Stated(each.value[1:], each.known[1:])
        disagreeing[number] = len(units & set(figures.disagreeing))
    return found, disagreeing


def stated_at(sheet: Sheet, figures: Figures) -> Stated:
    """Return what a factor is at each row of a plan: shape (n,); unknown where nobody said it, which is not zero.

    A row of a unit has the unit's figure, that of a person the person's at this unit. Any other row, such as an
    account or a vacancy, has none of its own. A buffer and what is not assigned take no part.
    """
    value, known = np.zeros(len(sheet), dtype=np.int64), np.zeros(len(sheet), dtype=np.bool_)
    for at, (kind, unit, person) in enumerate(
        zip(sheet.kind.tolist(), sheet.unit_id.tolist(), sheet.person_id.tolist(), strict=True)
    ):
        found = None
        if kind == UNIT:
            found = figures.at_units.get(unit)
        elif kind == PERSON:
            found = figures.stated.get((unit, person))
        if found is not None:
            value[at], known[at] = found, True
    return Stated(value, known & ~np.isin(sheet.kind, (BUFFER, RESERVE)))


def _nameless(number: int) -> Text:
    """Return how a factor of the company is called where no names are known: figures never fail a check."""
    return Text(f"因子 {number}", f"factor {number}")


def open_amounts(book: Book) -> Rows:
    """Return what is open by unit and person, minor units; parts at their owners."""
    wanted = equal(state=OPEN) & Filter(("amount IS NOT NULL",)) & INSIDE
    return book.gather(OPEN_DEALS.format(where=wanted.where), **wanted.params)


def results_of(book: Book, measure: int, span: Period) -> Rows:
    """Return what was achieved by unit and person; a key may come several times."""
    found = results(book, counting(book, span), ("unit_id", "owner_id"), measures=(measure,))
    here = found.only(found["measure_id"] == measure)
    wanted = lines_wanted(book, measure, span, EVERYTHING)
    lines = book.gather(LINES.format(where=wanted.where), **wanted.params)
    columns = {"unit_id": "unit_id", "person_id": "owner_id", "amount": "amount"}
    return Rows({name: np.concatenate((here[own], lines[name])) for name, own in columns.items()})


def placed(book: Book, sheet: Sheet, rows: Rows) -> IntArray:
    """Return amounts by row of the plan: at the person's own row, else at that of the nearest unit above."""
    persons = {
        (int(sheet.unit_id[at]), int(sheet.person_id[at])): at for at in np.flatnonzero(sheet.kind == PERSON).tolist()
    }
    units = {int(sheet.unit_id[at]): at for at in np.flatnonzero(sheet.kind == UNIT).tolist()}
    own = np.zeros(len(sheet), dtype=np.int64)
    columns = (rows[name].tolist() for name in ("unit_id", "person_id", "amount"))
    for unit, person, amount in zip(*columns, strict=True):
        at = persons.get((unit, person), _nearest(book, units, unit))
        if at is not None:
            own[at] += amount
    return rolled(sheet, own)


def _nearest(book: Book, units: Mapping[int, int], unit: int) -> int | None:
    at = int(book.tree.position_of(unit))
    while at != UNKNOWN:
        found = units.get(int(book.tree.unit_ids[at]))
        if found is not None:
            return found
        at = int(book.tree.parent_position[at])
    return None


def rolled(sheet: Sheet, own: IntArray) -> IntArray:
    """Return what each row has with everything below it."""
    sums = np.concatenate(([0], np.cumsum(own)))
    total: IntArray = sums[sheet.tree.ends] - sums[: len(sheet)]
    return total


def _known(sheet: Sheet, values: IntArray) -> Stated:
    """Return values of all rows but the top; a buffer and what is not assigned have none."""
    return Stated(values[1:], ~np.isin(sheet.kind[1:], (BUFFER, RESERVE)))


def stored_weights(sheet: Sheet, weights: WholeArray) -> IntArray:
    """Return weights times the fit of each row as they are kept: exact, or of a thousand million where large."""
    parents = sheet.tree.parent_position[1:]
    nothing = np.array([one == 0 for one in group_sums(weights.astype(object), parents, len(sheet))], dtype=np.bool_)
    alike = nothing[parents] & ~np.isin(sheet.kind[1:], (BUFFER, RESERVE))  # nobody has anything: all alike
    fitting = (weights.astype(object) + alike.astype(object)) * sheet.years.fit_bp[1:].astype(object)
    fitted = in_lowest_terms(fitting, parents, len(sheet))
    sums = group_sums(fitted.astype(object), parents, len(sheet))
    scaled = [
        int(weight) * LARGEST_WEIGHT // int(sums[parent]) if sums[parent] > LARGEST_WEIGHT else int(weight)
        for weight, parent in zip(fitted.tolist(), parents.tolist(), strict=True)
    ]
    return np.array([1, *scaled], dtype=np.int64) if len(sheet) else np.zeros(0, dtype=np.int64)


def whole_of_shares(shares: Sequence[int | None], name: Naming = nth_part) -> list[int]:
    """Return shares that were typed of a whole as weights, basis points; a row left out has no part.

    Args:
        shares: basis points of each row, None where none is stated.

    Raises:
        RuleError: they are no whole: what is left and the rows that say nothing are named.

    Source: R048 (the rest is demanded).
    """
    rest = BP_PER_WHOLE - sum(one or 0 for one in shares)
    if rest:
        silent = [name(at) for at, one in enumerate(shares) if one is None][:5]
        zh, en = "、".join(one.zh for one in silent), ", ".join(one.en for one in silent)
        words = Text(f"还差 {percent(rest)}", f"{percent(rest)} are left")
        if rest < 0:
            words = Text(f"多出 {percent(-rest)}", f"{percent(-rest)} too many")
        raise RuleError(
            Text(f"比例合计不是 100%，{words.zh}。", f"The shares are not 100%: {words.en}."),
            Text(f"请给 {zh} 填比例，不分的填 0。", f"State the share of {en}; 0 for none.")
            if silent
            else Text("请改到合计 100%。", "Make them 100%."),
        )
    return [one or 0 for one in shares]
