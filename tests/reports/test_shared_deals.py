"""Shared deals: the company's figures stay what they are, each unit has its part, and what opens adds up."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.book import Book
from dacheng.core.customers.accounts import accounts
from dacheng.core.deals.closed import closed
from dacheng.core.deals.listing import listing
from dacheng.core.deals.losses import losses
from dacheng.core.deals.lost import lost
from dacheng.core.deals.segments import SEGMENTATIONS
from dacheng.core.deals.waterfall import moves, waterfall
from dacheng.core.money import round_half_away
from dacheng.core.period import parse_period
from dacheng.core.table import Page, Table
from dacheng.core.tables.forecast import forecast
from dacheng.core.tables.open_list import open_in_forecast
from dacheng.core.tables.pipeline import pipeline
from dacheng.core.tables.reverse import reverse
from dacheng.core.tables.sizes import sizes
from dacheng.core.tables.trends import trends
from dacheng.core.tables.winning import winning
from dacheng.core.targets.attainment import attainment
from dacheng.core.targets.done import done
from dacheng.core.targets.schema import CONTRACT, MARGIN
from dacheng.core.targets.support import support
from tests.reports.company import Company, day
from tests.reports.invented import invented, splits_of, units_seen

YEAR = parse_period("2026")
SINCE = day("2026-02-01")
FEW = settings(max_examples=6, deadline=None)
COMPANIES = st.integers(0, 10_000)
AS_OF = st.sampled_from(["2026-04-10", "2026-07-01", "2026-11-30"])
BASES = st.sampled_from(["then", "today"])


def pair(seed: int) -> tuple[Company, Company]:
    company = invented(seed)
    return company, company.shared(splits_of(seed, company))


def figures(book: Book) -> dict[str, Any]:
    """Return every figure of the whole company."""
    tables = {
        "pipeline": pipeline(book),
        "list": listing(book),
        "closed": closed(book, period=YEAR),
        "losses": losses(book, closed=YEAR),
        "moves": moves(book, since=SINCE),
        "accounts": accounts(book),
        **{f"done {one}": done(book, measure=one, period=YEAR) for one in (CONTRACT, MARGIN)},
        **{f"open {one}": open_in_forecast(book, measure=one, period=YEAR) for one in (CONTRACT, MARGIN)},
        **{f"forecast {one}": forecast(book, measure=one, period=YEAR) for one in (CONTRACT, MARGIN)},
        "attainment": attainment(book, measure=CONTRACT, period=YEAR),
        "winning": winning(book, period=YEAR),
        "lost": lost(book, closed=YEAR),
    }
    found = {name: (one.totals, one.counted if name in LISTS else 0, told(one)) for name, one in tables.items()}
    whole = {
        "support": support(book, period=YEAR),
        "trends": trends(book, since=SINCE, step="month", period=YEAR),
        "waterfall": waterfall(book, since=SINCE),
        "reverse": reverse(book, period=YEAR),
        "reverse by product": reverse(book, period=YEAR, segment="product", average="median"),
        "sizes": sizes(book, period=YEAR),
    }
    return found | {name: (one.rows(), told(one)) for name, one in whole.items()}


LISTS = {"pipeline", "list", "closed", "losses", "moves", "accounts"}


def told(table: Table) -> list[tuple[str, int]]:
    return [(one.code, one.count) for one in table.notes]


@FEW
@given(COMPANIES, AS_OF)
def test_the_figures_of_the_whole_company_do_not_depend_on_who_shares_what(seed, as_of):
    alone, shared = pair(seed)

    assert figures(shared.book(as_of)) == figures(alone.book(as_of))


@FEW
@given(COMPANIES, AS_OF, BASES)
def test_the_parts_of_units_add_up_to_the_company_to_the_cent(seed, as_of, basis):
    company = pair(seed)[1]
    book = company.book(as_of, basis=basis, today="2026-12-20")

    for report, names in (
        (pipeline, ("amount", "weighted", "amount_ex", "red_flags")),
        (listing, ("amount",)),
        (closed, ("amount",)),
        (done, ("amount",)),
        (open_in_forecast, ("amount", "weighted")),
    ):
        parts = [report(book, unit=unit, direct=True) for unit in book.tree.unit_ids.tolist()]
        whole = report(book)
        placeless = report is closed and any(one.totals["amount"] is None for one in parts)
        if not placeless:  # what a loss was worth is what each view saw of it
            for name in names if report is not closed else ():
                assert sum(one.totals[name] or 0 for one in parts) == (whole.totals[name] or 0), (report, name)
        assert sum(one.counted for one in parts) == whole.counted, report
        assert [dict(told(one)).get("parts", 0) for one in (*parts, whole)] == [
            one.count - one.outside_count - one.counted for one in (*parts, whole)
        ]


@FEW
@given(COMPANIES, AS_OF, st.sampled_from(["boss", "li", ""]))
def test_what_a_figure_of_a_unit_or_person_opens_adds_up_to_it(seed, as_of, viewer):
    company = pair(seed)[1]
    book = company.book(as_of, viewer)

    for measure in (CONTRACT, MARGIN):
        board = forecast(book, measure=measure, period=YEAR, people=True)
        for row in range(len(board)):
            unit, person = board.cell("unit_id", row), board.cell("person_id", row)
            opened = {"unit": unit, "direct": bool(board.cell("direct", row)), "owner": person, "period": YEAR}
            reached = done(book, measure=measure, **opened)
            to_come = open_in_forecast(book, measure=measure, **opened)
            assert board.cell("done", row) == reached.totals["amount"]
            assert board.cell("weighted", row) == to_come.totals["weighted"]
            assert sum_of(reached) == (reached.totals["amount"] or 0)
            assert sum_of(to_come) == (to_come.totals["amount"] or 0)


def sum_of(table: Table) -> int:
    inside = [row for row in range(len(table)) if table.outside is None or not table.outside[row]]
    return sum(int(table.cell("amount", row) or 0) for row in inside)


@FEW
@given(COMPANIES, AS_OF, st.sampled_from(["-amount", "amount", "-created_day", "closed_day", "-expected_day"]))
def test_the_pages_of_a_list_with_shared_deals_are_the_list(seed, as_of, sort):
    company = pair(seed)[1]
    for viewer in ("", "boss"):
        book = company.book(as_of, viewer)
        whole = listing(book, sort=sort)

        pages = [listing(book, sort=sort, page=Page(first, 3)) for first in range(0, whole.count + 3, 3)]

        assert [row for page in pages for row in page.rows()] == whole.rows()
        assert {page.count for page in pages} == {whole.count}
        assert len({row[0] for row in whole.rows()}) == whole.count


@FEW
@given(COMPANIES, AS_OF)
def test_a_part_of_anothers_win_is_money_and_no_win_in_averages_and_notes(seed, as_of):
    company = pair(seed)[1]
    book = company.book(as_of, today="2026-12-20")

    units = book.tree.unit_ids.tolist()
    parts = [sizes(book, period=YEAR, unit=unit, direct=True) for unit in units]
    whole = sizes(book, period=YEAR)
    for one in parts:
        mean, money = one.totals["mean"], one.totals["won_amount"]
        unpriced = dict(told(one)).get("without-amount", 0)
        if mean is not None:
            assert mean == round_half_away(int(money or 0), int(one.totals["won"] or 0) - unpriced)

    for report in (sizes, closed, losses):
        given = {"closed": YEAR} if report is losses else {"period": YEAR}
        notes = [dict(told(report(book, unit=unit, direct=True, **given))) for unit in units]
        of_company = dict(told(report(book, **given)))
        assert sum(one.get("without-amount", 0) for one in notes) >= of_company.get("without-amount", 0)
    assert sum(one.totals["won"] or 0 for one in parts) == whole.totals["won"]


def test_the_company_that_is_shared_has_something_to_share():
    company = pair(3)[1]

    assert company.rows["deal_splits"] and units_seen(company, "boss", day("2026-07-01"))


@FEW
@given(COMPANIES, AS_OF, st.sampled_from(["boss", "li", ""]), st.sampled_from(SEGMENTATIONS))
def test_a_segment_of_shared_wins_opens_what_it_is_made_of(seed, as_of, viewer, way):
    book = pair(seed)[1].book(as_of, viewer)

    table = sizes(book, period=YEAR, segment=way.name)

    codes = {number: code for number, code, _ in way.of.choices}
    for row in range(len(table)):
        key = table.cell(way.of.name, row)
        taken = dict(zip(way.take, (codes.get(key, key), bool(table.cell(way.apart.name, row))), strict=True))
        opened = closed(book, outcome="won", period=YEAR, **taken)
        assert (table.cell("won", row), table.cell("won_amount", row)) == (opened.counted, opened.totals["amount"])
