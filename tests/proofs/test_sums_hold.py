"""Totals do not depend on who left, what was closed or moved, nor on who asks: parts add up to the whole on any day."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.book import Book
from dacheng.core.table import Table
from dacheng.store.actions import org, people
from tests.proofs import world
from tests.proofs.asking import answered, database_book
from tests.proofs.world import Work, on, record, uid

REGIONS = ("HD", "HN", "BF", "XB")
DAYS = (world.TODAY, on(8, 16), on(7, 31), on(3, 31))
KEY = ("unit_id", "person_id", "measure_id")
LISTS = ("tables/pipeline", "deals/list", "targets/done", "customers/accounts")
STAYING = ("opening", "closing", "won", "lost", "new", "reopened")
"""Lines of the waterfall that a unit cannot lose to another one."""

CHANGING = ("amount-up", "amount-down", "transferred-in", "transferred-out")
"""What moves between two units is in and out, with what its amount changed by: together they are the company's."""

FEW = settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
ANY_DAY = st.integers(on(1, 1), world.TODAY)


def table(book: Book, name: str, **given: str) -> Table:
    """Return a report's table."""
    return answered(name, given, book).table


def waterfall(book: Book, **given: str) -> dict[str, tuple[int, int]]:
    """Return movement -> (opportunities, amount)."""
    found = table(book, "deals/waterfall", since=world.iso(book.as_of_day - 45), **given)
    codes = {number: code for number, code, _ in found.column("move").choices}
    rows = zip(*(found.values[name].tolist() for name in ("move", "deals", "amount")), strict=True)
    return {codes[move]: (count, amount) for move, count, amount in rows}


def changed(lines: dict[str, tuple[int, int]]) -> int:
    """Return what the deals that stayed, came and went between units changed by."""
    return sum(lines[move][1] for move in CHANGING)


def board(book: Book, **given: str) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Return (unit, person, measure) -> target, done, attainment and what else stands in its row."""
    found = table(book, "targets/attainment", **given)
    names = [one.name for one in found.columns if one.name not in (*KEY, "depth")]
    return {
        tuple(found.cell(name, row) for name in KEY): tuple(found.cell(name, row) for name in names)
        for row in range(len(found))
    }


def targets_and_done(book: Book) -> list[tuple[object, ...]]:
    """Return measure, target, done and attainment of the company.

    What the regions plan together is left out: it changes when a unit goes from a region that plans by its
    children to one that has a target of its own.
    """
    found = table(book, "targets/attainment")
    names = ("measure_id", "target", "done", "gap", "attainment_ratio", "due", "required")
    top = [row for row in range(len(found)) if found.cell("depth", row) == 0]
    return [tuple(found.cell(name, row) for name in names) for row in top]


def company(book: Book) -> dict[str, object]:
    """Return what an executive sees of the whole company."""
    found: dict[str, object] = {}
    for name in LISTS:
        shown = table(book, name)
        found[name] = dict(shown.totals), shown.counted
    found["waterfall"] = waterfall(book)
    found["board"] = targets_and_done(book)
    found["support"] = dict(table(book, "targets/support").totals)
    return found


def somebody_leaves(work: Work) -> None:
    leaver = record("people", "T0028")
    people.mark_left(**work.later(), uid=uid("people", "T0028"), version=leaver.version, on=on(8, 1))


def a_unit_is_closed(work: Work) -> None:
    closed = record("units", "HN-GD-2")
    org.close_unit(
        **work.later(), uid=uid("units", "HN-GD-2"), version=closed.version, people_to=uid("units", "HN-GD-1")
    )


def a_unit_gets_another_parent(work: Work) -> None:
    moved = record("units", "HN-FJ")
    org.move_unit(**work.later(), uid=uid("units", "HN-FJ"), parent=uid("units", "HD"), version=moved.version, on=DAY)


def a_rep_moves(work: Work) -> None:
    people.move_person(**work.later(), uid=uid("people", "T0016"), unit=uid("units", "BF-BJ"), on=DAY)
    people.move_person(**work.later(), uid=uid("people", "T0039"), unit=uid("units", "HD-SH-1"))


DAY = on(5, 20)
"""A day in the past on which moves take effect."""

CHANGES = (somebody_leaves, a_unit_is_closed, a_unit_gets_another_parent, a_rep_moves)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_the_companys_totals_are_the_same_after(opened, engine, change):
    with opened(engine, alone=True):
        before = {day: company(database_book(world.EXECUTIVE, day)) for day in DAYS}
        change(Work(world.NOW - 2 * world.FIVE_HOURS))
        after = {day: company(database_book(world.EXECUTIVE, day)) for day in DAYS}
        restated = {day: company(database_book(world.EXECUTIVE, day, "today")) for day in DAYS}

    assert after == before
    assert {day: one["tables/pipeline"] for day, one in restated.items()} == {
        day: one["tables/pipeline"] for day, one in before.items()
    }


def test_what_moved_is_counted_where_it_is_now_and_no_longer_where_it_was(opened):
    with opened("sqlite", alone=True):
        before = [table(database_book(world.EXECUTIVE, world.TODAY), "tables/pipeline", unit=one) for one in REGIONS]
        a_rep_moves(Work(world.NOW - 2 * world.FIVE_HOURS))
        after = [table(database_book(world.EXECUTIVE, world.TODAY), "tables/pipeline", unit=one) for one in REGIONS]

    changes = [now.totals["amount"] - was.totals["amount"] for was, now in zip(before, after, strict=True)]
    assert changes[0] != 0 != changes[2]
    assert sum(changes) == 0


def test_the_regions_and_what_belongs_to_none_add_up_to_the_company_on_any_day(opened):
    with opened("sqlite"):

        @FEW
        @given(ANY_DAY, st.sampled_from(["then", "today"]))
        def adds_up(day, basis):
            book = database_book(world.EXECUTIVE, day, basis)
            parts = [{"unit": one} for one in REGIONS] + [{"unit": "HQ", "direct": "1"}]
            for name in ("tables/pipeline", "deals/list", "targets/done"):
                whole, shares = table(book, name), [table(book, name, **part) for part in parts]
                assert whole.counted == sum(one.counted for one in shares)
                for column, total in whole.totals.items():
                    assert total == sum(one.totals[column] or 0 for one in shares), (name, column)
            steps = [waterfall(book, **part) for part in parts]
            whole = waterfall(book)
            for move in STAYING:
                assert whole[move] == tuple(map(sum, zip(*(one[move] for one in steps), strict=True))), move
            assert changed(whole) == sum(map(changed, steps))

        adds_up()


def test_the_rows_of_the_regions_on_the_board_add_up_to_the_company(opened):
    with opened("sqlite"):
        found = table(database_book(world.EXECUTIVE, world.TODAY), "targets/attainment")

    for measure in set(found.values["measure_id"].tolist()):
        done = {
            depth: sum(
                found.cell("done", row) or 0
                for row in range(len(found))
                if (found.cell("measure_id", row), found.cell("depth", row)) == (measure, depth)
            )
            for depth in (0, 1)
        }
        assert done[0] == done[1]


MANAGERS = {"T0005": "HD", "T0006": "HN", "T0007": "BF", "T0008": "HD-SH", "T0011": "HN-GD", "T0014": "BF-SD"}


def test_a_manager_and_the_executive_see_the_same_figures_of_his_unit_on_any_day(opened):
    with opened("sqlite"):

        @FEW
        @given(ANY_DAY, st.sampled_from(["then", "today"]), st.sampled_from(sorted(MANAGERS)))
        def agrees(day, basis, manager):
            unit = MANAGERS[manager]
            own, whole = database_book(manager, day, basis), database_book(world.EXECUTIVE, day, basis)
            for name in LISTS:
                mine, theirs = table(own, name), table(whole, name, unit=unit)
                inside = dict(mine.totals), mine.counted
                assert inside == (dict(theirs.totals), theirs.counted), (name, manager)
            assert waterfall(own) == waterfall(whole, unit=unit)
            assert board(own, people="1") == board(whole, unit=unit, people="1")
            assert table(own, "targets/support").rows() == table(whole, "targets/support", unit=unit).rows()

        agrees()
