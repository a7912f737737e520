"""Every report on random companies against a slow second opinion, and the laws that hold for all of them.

The second opinion walks facts one by one in exact Python; nothing of the reports' SQL or
NumPy is shared with it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.book import Book
from dacheng.core.customers.accounts import accounts
from dacheng.core.deals.listing import listing
from dacheng.core.deals.movements import MOVES
from dacheng.core.deals.schema import CATEGORIES, LOST, OPEN, WON
from dacheng.core.deals.waterfall import moves, waterfall
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import Period, parse_period
from dacheng.core.table import Page, Table
from dacheng.core.tables.pipeline import pipeline
from dacheng.core.targets.attainment import attainment
from dacheng.core.targets.cells import cells
from dacheng.core.targets.done import done
from tests.reports.company import Company, day
from tests.reports.invented import (
    DAYS,
    changed_outside,
    garbled_after,
    holding,
    invented,
    path,
    seen,
    units_seen,
)

COMPANIES = st.integers(0, 10**6)
AS_OF = st.sampled_from(DAYS)
VIEWERS = st.sampled_from(["", "boss", "li"])
PERIODS = st.sampled_from(["2026", "2026-H1", "2026-Q3", "2026-03", "2026-05..2026-07"])
QUICK = settings(max_examples=12, deadline=None)
FEW = settings(max_examples=6, deadline=None)
"""For laws that ask the Book many times an example."""

CONTRACT, MARGIN = 1, 2


def half_away(amount: Fraction) -> int:
    """Return the nearest whole number, halves away from zero."""
    size = int(abs(amount) + Fraction(1, 2))
    return -size if amount < 0 else size


def content(table: Table) -> Any:
    """Return everything that a reader of a table can see."""
    notes = [(note.code, note.count, str(note.text)) for note in table.notes]
    bars = [(str(one.title), one.keys.tolist(), one.amounts.tolist(), dict(one.also)) for one in table.bars]
    outside = table.outside.tolist() if table.outside is not None else None
    names = [column.name for column in table.columns]
    return names, table.rows(), dict(table.totals), notes, bars, table.count, outside, table.outside_count


def every_report(book: Book, since: int) -> list[Any]:
    """Return the content of all reports of a Book."""
    return [
        content(pipeline(book)),
        content(pipeline(book, sort="-weighted", page=Page(1, 3))),
        content(attainment(book, people=True)),
        content(cells(book)),
        content(done(book)),
        content(done(book, measure=MARGIN)),
        content(listing(book)),
        content(accounts(book)),
        content(waterfall(book, since=since)),
        content(moves(book, since=since)),
    ]


def under(company: Company, unit: int, top: int | None, when: int) -> bool:
    """Tell whether a place lies in a unit; without one every place inside does."""
    return unit != 0 if top is None else unit != 0 and top in path(company, unit, when)


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, st.sampled_from([None, 1, 2, 4]))
def test_the_pipeline_lists_and_weighs_what_a_walk_through_the_facts_finds(seed, as_of, viewer, unit):
    company, when = invented(seed), day(as_of)
    weight = {one["stage_id"]: one["weight_bp"] for one in company.rows["stages"]}
    expected, total = {}, []
    for fact, place in seen(company, "deals", viewer, when):
        if fact["state"] != OPEN or (unit and not under(company, place, unit, when)):
            continue
        rate = weight[fact["stage_id"]] if fact["win_bp"] is None else fact["win_bp"]
        amount = fact["amount"]
        weighted = None if amount is None else half_away(Fraction(amount * rate, 10_000))
        overdue = fact["expected_day"] is not None and fact["expected_day"] < when
        flags = overdue + (when - fact["stage_day"] >= 30) + (fact["push_count"] >= 3)
        expected[fact["deal_id"]] = (place or None, amount, weighted, when - fact["stage_day"], flags)
        total += [(amount, weighted, flags)] if place else []

    table = pipeline(company.book(as_of, viewer), unit=unit)

    names = ("unit_id", "amount", "weighted", "stage_days", "red_flags")
    found = {table.cell("deal_id", row): tuple(table.cell(name, row) for name in names) for row in range(len(table))}
    assert found == expected
    assert table.count == len(expected) == len(table)
    assert table.counted == len(total)
    known = [amount for amount, _, _ in total if amount is not None]
    assert table.totals["amount"] == (sum(known) if known or not total else None)
    assert table.totals["weighted"] == (
        sum(one for _, one, _ in total if one is not None) if known or not total else None
    )
    assert table.totals["red_flags"] == sum(flags for _, _, flags in total)


@FEW
@given(COMPANIES, AS_OF, VIEWERS, st.sampled_from(["amount", "weighted", "expected_day", "stage_days", "created_day"]))
def test_pages_in_any_order_are_the_whole_list_in_that_order(seed, as_of, viewer, column):
    book = invented(seed).book(as_of, viewer)

    for sort in (column, f"-{column}"):
        whole = pipeline(book, sort=sort)
        pages = [pipeline(book, sort=sort, page=Page(first, 3)) for first in range(0, len(whole) + 1, 3)]

        assert [row for page in pages for row in page.rows()] == whole.rows()
        assert all(page.totals == whole.totals and page.count == len(whole) for page in pages)
        inside = [whole.cell(column, row) for row in range(whole.counted)]
        known = [one for one in inside if one is not None]
        assert inside == [*known, *[None] * (len(inside) - len(known))]
        assert known == sorted(known, reverse=sort.startswith("-"))


@FEW
@given(COMPANIES, AS_OF, VIEWERS)
def test_every_bar_is_the_total_of_the_pipeline_it_opens(seed, as_of, viewer):
    book = invented(seed).book(as_of, viewer)
    codes = {number: code for number, code, _ in CATEGORIES}

    table = pipeline(book)

    for bars in table.bars:
        for key, amount in zip(bars.keys.tolist(), bars.amounts.tolist(), strict=True):
            value = codes[key] if bars.parameter == "category" else key
            value = Period(key, key + 1) if bars.parameter == "closing" else value
            opened = pipeline(
                book, **{bars.parameter: value}, **{one: bool(flag) for one, flag in bars.also.get(key, {}).items()}
            )
            assert opened.totals["weighted"] == amount
        if bars.parameter != "closing":
            assert bars.amounts.sum() == table.totals["weighted"]


class Walk:
    """The attainment board by recursion over facts, for one viewer, day and period."""

    def __init__(self, company: Company, viewer: str, when: int, period: Period) -> None:
        self.company, self.when, self.period = company, when, period
        self.units = units_seen(company, viewer, when)
        person = company.viewer(viewer).person_id
        self.cells = {
            (one["unit_id"], one["person_id"], one["measure_id"], one["ym"]): one["amount"]
            for one in holding(company, "targets", when)
            if one["amount"] is not None
            and one["ym"] in period
            and (one["unit_id"] in self.units or one["person_id"] == person)
        }
        money = viewer != "li"
        self.results = list(self._results(viewer, money))

    def _results(self, viewer: str, money: bool):
        excl = next(one["basis"] for one in self.company.rows["measures"] if one["measure_id"] == CONTRACT) == 2
        last = min(CALENDAR_MONTHS.to_day(self.period) - 1, self.when)
        for one, unit in seen(self.company, "contracts", viewer, self.when):
            if unit and CALENDAR_MONTHS.from_day(self.period) <= one["posted_day"] <= last:
                known = money and one["amount_ex"] is not None and one["cost"] is not None
                yield unit, one["owner_id"], CONTRACT, one["amount_ex"] if excl else one["amount"]
                yield unit, one["owner_id"], MARGIN, one["amount_ex"] - one["cost"] if known else None
        if not {rule.name: rule.value for rule in self.company.rules}["done.won_without_contract"]:
            return
        for one, unit in seen(self.company, "deals", viewer, self.when):
            won = one["state"] == WON and not one["contracted"]
            if unit and won and CALENDAR_MONTHS.from_day(self.period) <= one["closed_day"] <= last:
                amount, tax = one["amount"], one["tax_bp"]
                if excl:
                    known = amount is not None and tax is not None
                    amount = half_away(Fraction(amount * 10_000, 10_000 + tax)) if known else None
                yield unit, one["owner_id"], CONTRACT, amount
                yield unit, one["owner_id"], MARGIN, None

    def measures(self) -> list[int]:
        """Return the measures that have a target or something done."""
        found = {key[2] for key in self.cells} | {one[2] for one in self.results if one[3] is not None}
        return sorted(found)

    def target(self, unit: int, measure: int, ym: int) -> int | None:
        """Return a unit's target of a month: its own, else the sum below, else none."""
        own = self.cells.get((unit, 0, measure, ym))
        return self.below(unit, measure, ym) if own is None else own

    def below(self, unit: int, measure: int, ym: int) -> int | None:
        """Return the sum of the targets directly below a unit."""
        children = [one["unit_id"] for one in holding(self.company, "units", self.when) if one["parent_id"] == unit]
        parts = [self.target(child, measure, ym) for child in children]
        parts += [v for (u, p, k, y), v in self.cells.items() if (u, k, y) == (unit, measure, ym) and p]
        known = [part for part in parts if part is not None]
        return sum(known) if known else None

    def year(self, unit: int, person: int, measure: int) -> int | None:
        """Return a subject's target of the period."""
        months = range(self.period.from_ym, self.period.to_ym)
        if person:
            parts = [self.cells.get((unit, person, measure, ym)) for ym in months]
        else:
            parts = [self.target(unit, measure, ym) for ym in months]
        known = [part for part in parts if part is not None]
        return sum(known) if known else None

    def done(self, unit: int, person: int, measure: int) -> int | None:
        """Return what a subject has done; None when no result tells its amount."""
        if measure not in (CONTRACT, MARGIN):
            return None
        amounts = [
            amount
            for place, owner, kind, amount in self.results
            if kind == measure
            and ((place, owner) == (unit, person) if person else unit in path(self.company, place, self.when))
        ]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if known or not amounts else None


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, PERIODS)
def test_the_board_has_the_targets_and_results_that_a_recursion_finds(seed, as_of, viewer, period):
    company, span = invented(seed), parse_period(period)
    walk = Walk(company, viewer, day(as_of), span)

    table = attainment(company.book(as_of, viewer), period=span, people=True)

    assert {row[4] for row in table.rows()} <= set(walk.measures())
    for row in range(len(table)):
        unit, person, measure = (table.cell(name, row) for name in ("unit_id", "person_id", "measure_id"))
        target, achieved = walk.year(unit, person or 0, measure), walk.done(unit, person or 0, measure)
        assert (table.cell("target", row), table.cell("done", row)) == (target, achieved)
        assert table.cell("gap", row) == (None if target is None or achieved is None else target - achieved)
        possible = target and achieved is not None
        assert table.cell("attainment_ratio", row) == (pytest.approx(achieved / target) if possible else None)
    shown = {(table.cell("unit_id", row), table.cell("person_id", row) or 0) for row in range(len(table))}
    pairs = {(unit, person) for unit, person, _, _ in walk.cells if person} | {one[:2] for one in walk.results}
    if walk.measures():
        assert {pair for pair in shown if pair[1]} == pairs
        assert {unit for unit, person in shown if not person} <= walk.units


@QUICK
@given(COMPANIES, AS_OF, st.sampled_from([CONTRACT, MARGIN]))
def test_a_units_result_is_the_sum_of_the_rows_below_it_and_the_total_that_of_the_top(seed, as_of, measure):
    company = invented(seed)
    book = company.book(as_of)

    table = attainment(book, measure=measure, people=True)

    rows = [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows()]
    parent = {one["unit_id"]: one["parent_id"] for one in holding(company, "units", day(as_of))}
    units = {row["unit_id"]: row for row in rows if row["person_id"] is None}
    for unit, row in units.items():
        below = [one for one in units.values() if parent[one["unit_id"]] == unit]
        below += [one for one in rows if one["unit_id"] == unit and one["person_id"] is not None]
        assert (row["done"] or 0) == sum(one["done"] or 0 for one in below)
        assert (row["below"] or 0) == sum(one["target"] or 0 for one in below)
    assert all(table.totals[name] == units[1][name] for name in ("target", "done", "gap", "due", "required"))


@FEW
@given(COMPANIES, AS_OF, VIEWERS)
def test_every_figure_of_the_board_opens_rows_that_add_up_to_it(seed, as_of, viewer):
    book = invented(seed).book(as_of, viewer)

    table = attainment(book, people=True)

    for row in range(len(table)):
        person, where = (
            table.cell("person_id", row),
            {"unit": table.cell("unit_id", row), "direct": bool(table.cell("direct", row))},
        )
        where["measure"] = table.cell("measure_id", row)
        opened, results = cells(book, person=person, **where), done(book, owner=person, **where)
        assert opened.totals["amount"] == opened.values["amount"].sum() == (table.cell("target", row) or 0)
        assert results.totals["amount"] == table.cell("done", row)


@FEW
@given(COMPANIES, st.tuples(AS_OF, AS_OF).map(sorted), VIEWERS, st.sampled_from([None, 2, 4]), st.none() | PERIODS)
def test_the_waterfall_closes_and_puts_each_deal_where_its_history_says(seed, days, viewer, unit, closing):
    company, (since, as_of) = invented(seed), days
    span = parse_period(closing) if closing else None
    view = [_view(company, viewer, day(one), unit) for one in days]
    expected: dict[str, list[int]] = {code: [] for _, code, _ in MOVES}
    for deal in view[0].keys() | view[1].keys():
        _walk_deal(expected, view[0].get(deal), view[1].get(deal), day(since), span)

    table = waterfall(company.book(as_of, viewer), since=day(since), unit=unit, closing=span)

    found = {code: (deals, amount) for code, deals, amount in company.read(table, "move", "deals", "amount")}
    assert found == {code: (len(some), pytest.approx(sum(some) / 100)) for code, some in expected.items()}
    amounts = table.values["amount"]
    assert amounts[:-1].sum() == amounts[-1]
    for row, (_, code, _) in enumerate(MOVES):
        opened = moves(company.book(as_of, viewer), since=day(since), unit=unit, closing=span, move=code)
        assert (opened.count, opened.totals["delta"]) == (table.cell("deals", row), table.cell("amount", row))
        assert opened.values["delta"].sum() == opened.totals["delta"]


def _view(company: Company, viewer: str, when: int, unit: int | None) -> dict[int, Any]:
    """Return the deals of a view on a day."""
    rows = seen(company, "deals", viewer, when)
    return {fact["deal_id"]: fact for fact, place in rows if under(company, place, unit, when)}


def _walk_deal(lines: dict[str, list[int]], was: Any, now: Any, since: int, span: Period | None) -> None:
    """Put what happened to one deal into its line."""

    def in_pipeline(fact: Any) -> bool:
        in_span = span is None or (
            fact
            and fact["expected_day"]
            and CALENDAR_MONTHS.from_day(span) <= fact["expected_day"] < CALENDAR_MONTHS.to_day(span)
        )
        return bool(fact and fact["state"] == OPEN and in_span)

    before = (was["amount"] or 0) if in_pipeline(was) else 0
    after = (now["amount"] or 0) if in_pipeline(now) else 0
    if in_pipeline(was):
        lines["opening"].append(before)
    if in_pipeline(now):
        lines["closing"].append(after)
    if in_pipeline(was) and in_pipeline(now):
        line = "amount-up" if after > before else "amount-down" if after < before else ""
    elif in_pipeline(now):
        existed = "transferred-in" if now["created_day"] <= since else "new"
        line = existed if not was else "pulled-in" if was["state"] == OPEN else "reopened"
    elif in_pipeline(was):
        closed = {OPEN: "slipped-out", WON: "won", LOST: "lost"}
        line = closed[now["state"]] if now else "transferred-out"
    else:
        return
    if line:
        lines[line].append(after - before)


@QUICK
@given(COMPANIES, AS_OF, st.sampled_from([1, 2, 3, 4, 5]))
def test_a_manager_sees_of_his_unit_what_everybody_else_sees_of_it(seed, as_of, number):
    company = invented(seed)
    manager, system = company.book(as_of, "boss"), company.book(as_of)
    unit = sorted(units_seen(company, "boss", day(as_of)))[number % len(units_seen(company, "boss", day(as_of)))]
    since = day(DAYS[0])

    for ask in (
        lambda book: pipeline(book, unit=unit),
        lambda book: attainment(book, unit=unit, people=True),
        lambda book: cells(book, unit=unit),
        lambda book: done(book, unit=unit),
        lambda book: listing(book, unit=unit),
        lambda book: accounts(book, unit=unit),
        lambda book: (
            waterfall(book, since=since, unit=unit) if _managed(company, unit, since) else pipeline(book, unit=unit)
        ),
    ):
        assert content(ask(manager)) == content(ask(system))


def _managed(company: Company, unit: int, when: int) -> bool:
    """Tell whether the manager had the unit on the earlier day too: else he saw nothing of it then."""
    below = {one["unit_id"] for one in company.rows["units"] if unit in path(company, one["unit_id"], when)}
    return below <= units_seen(company, "boss", when)


@QUICK
@given(COMPANIES, AS_OF)
def test_what_a_narrower_scope_lists_a_wider_one_lists_too(seed, as_of):
    company = invented(seed)
    everything = {row[0] for row in pipeline(company.book(as_of)).rows()}

    for viewer in ("boss", "li"):
        assert {row[0] for row in pipeline(company.book(as_of, viewer)).rows()} <= everything


@QUICK
@given(COMPANIES, AS_OF, VIEWERS)
def test_facts_after_the_as_of_day_change_nothing(seed, as_of, viewer):
    company = invented(seed)
    since = day(DAYS[0])

    after = garbled_after(company, as_of, seed)

    assert every_report(after.book(as_of, viewer), since) == every_report(company.book(as_of, viewer), since)


@QUICK
@given(COMPANIES, AS_OF)
def test_what_happens_outside_a_scope_changes_nothing_inside(seed, as_of):
    company, since = invented(seed), day(DAYS[0])

    for viewer in ("boss", "li"):
        other = changed_outside(company, viewer, [since, day(as_of)], seed)
        assert every_report(other.book(as_of, viewer), since) == every_report(company.book(as_of, viewer), since)


@QUICK
@given(COMPANIES, AS_OF, VIEWERS)
def test_lists_of_deals_and_accounts_add_up(seed, as_of, viewer):
    company = invented(seed)
    book, when = company.book(as_of, viewer), day(as_of)
    rows = list(seen(company, "deals", viewer, when))

    deals, customers = listing(book), accounts(book)

    assert {row[0] for row in deals.rows()} == {fact["deal_id"] for fact, _ in rows}
    known = [fact["amount"] for fact, place in rows if place and fact["amount"] is not None]
    assert deals.totals["amount"] == (sum(known) if known or not deals.counted else None)
    for row in range(len(customers)):
        customer = customers.cell("customer_id", row)
        opened = pipeline(book, customer=customer)
        assert customers.cell("open_deals", row) == opened.counted
        assert customers.cell("open_amount", row) == opened.totals["amount"]
        assert customers.cell("done", row) == done(book, customer=customer).totals["amount"]
    named = {fact["customer_id"] for fact, _ in rows} | {
        fact["customer_id"] for fact, _ in seen(company, "contracts", viewer, when)
    }
    assert {row[0] for row in customers.rows()} == named - {None}
