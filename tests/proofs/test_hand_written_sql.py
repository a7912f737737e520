"""Funnel, losses, forecast, trends and win rates of the demo company against SQL written by hand.

The statements read the fact tables themselves and share nothing with the reports: no relation of the
engine, no gather, no NumPy. They are asked for the whole company, and for a unit and all below it.
Shared deals are parted here once more, from the splits alone: sums take every part, counts stay with
the owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection

from dacheng.core.period import ym_at
from tests.proofs import world
from tests.proofs.asking import answered, database_book

FAR = 2**62
NOW = f"seq_to = {FAR}"
YEAR = world.on(1, 1), world.on(1, 1, 2027)
MONTHS = ym_at(2026, 1), ym_at(2027, 1)
CONTRACT = 1
DAYS = (world.TODAY, world.on(5, 31))


def rows(sql: str, *given: Any) -> list[tuple[Any, ...]]:
    """Run a statement on the database in use."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [tuple(row) for row in cursor.fetchall()]


def below(day: int) -> str:
    """Return the recursive query of a unit, the one parameter, with all below it on a day."""
    stands = f"{NOW} AND from_day <= {day} AND to_day > {day}"
    return f"""
        WITH RECURSIVE tree(unit_id) AS (
            SELECT unit_id FROM fact_units WHERE unit_id = %s AND {stands}
            UNION ALL
            SELECT u.unit_id FROM fact_units u JOIN tree t ON u.parent_id = t.unit_id
            WHERE u.{NOW} AND u.from_day <= {day} AND u.to_day > {day})"""


def home(alias: str, owner: str, day: str) -> str:
    """Return the join to where somebody is at home on a day."""
    return f"""JOIN fact_assignments {alias} ON {alias}.person_id = {owner} AND {alias}.{NOW}
        AND {alias}.from_day <= {day} AND {alias}.to_day > {day}"""


def credited(table: str, key: str, day: int, shared_on: str) -> str:
    """Return who is credited with what stands in a table on a day: partners by id, then the owner with the rest.

    Each has the basis points after ``begun`` up to and with ``reached``, by the splits of the day ``shared_on``.
    """
    stands = f"w.{NOW} AND w.from_day <= {day} AND w.to_day > {day}"
    shared = f"""s.deal_id = w.deal_id AND s.{NOW} AND s.from_day <= {shared_on} AND s.to_day > {shared_on}"""
    running = f"SUM(s.share_bp) OVER (PARTITION BY w.{key} ORDER BY s.person_id)"
    return f"""(SELECT w.{key} AS part_of, s.person_id, 0 AS owns, {running} - s.share_bp AS begun, {running} AS reached
        FROM {table} w JOIN fact_deal_splits s ON {shared} WHERE {stands}
        UNION ALL
        SELECT w.{key}, w.owner_id, 1, COALESCE(SUM(s.share_bp), 0), 10000
        FROM {table} w LEFT JOIN fact_deal_splits s ON {shared} WHERE {stands} GROUP BY w.{key}, w.owner_id)"""


def part(whole: str) -> str:
    """Return somebody's part of a whole: what is reached, rounded half away from zero, less what had begun."""
    return f"(ROUND({whole} * p.reached / 10000.0) - ROUND({whole} * p.begun / 10000.0))"


def deals_on(day: int) -> str:
    """Return the FROM of credited deals on a day, each person at home on that day, or on the closing day."""
    counted = f"CASE WHEN d.closed_day < {day} THEN d.closed_day ELSE {day} END"
    people = credited("fact_deals", "deal_id", day, str(day))
    return f"""FROM fact_deals d JOIN {people} p ON p.part_of = d.deal_id {home("a", "p.person_id", counted)}
        WHERE d.{NOW} AND d.from_day <= {day} AND d.to_day > {day} AND a.unit_id IN (SELECT unit_id FROM tree)"""


RATE = """COALESCE(d.win_bp, (SELECT s.weight_bp FROM fact_stages s WHERE s.stage_id = d.stage_id AND s.seq_to = {far}
    AND s.from_day <= {day} AND s.to_day > {day}))"""
LAST_OPEN_AMOUNT = f"""(SELECT v.amount FROM fact_deals v WHERE v.deal_id = d.deal_id AND v.{NOW} AND v.state = 0
    AND v.amount IS NOT NULL AND v.from_day <= %s ORDER BY v.from_day DESC LIMIT 1)"""


def weighted(day: int) -> str:
    """Return amount × win rate of a deal, rounded half up; amounts here are not negative."""
    return f"((d.amount * ({RATE.format(far=FAR, day=day)}) * 2 + 10000) / 20000)"


def units() -> list[tuple[int, str]]:
    """Return the top of the organisation and the units right below it, with their codes."""
    sql = f"""SELECT f.unit_id, r.code FROM fact_units f JOIN rec_units r ON r.id = f.unit_id
        WHERE f.{NOW} AND f.from_day <= {world.TODAY} AND f.to_day > {world.TODAY} AND (f.parent_id = 0
        OR f.parent_id IN (SELECT unit_id FROM fact_units WHERE parent_id = 0 AND {NOW})) ORDER BY f.unit_id"""
    return [(int(unit), str(code)) for unit, code in rows(sql)]


def of_unit(table: Any, unit: int) -> int:
    """Return the row of a unit itself."""
    found = range(len(table))
    return next(row for row in found if table.cell("unit_id", row) == unit and table.cell("person_id", row) is None)


def pipeline_of(unit: int, day: int) -> tuple[int, int, int]:
    """Return number, amount and weighted amount of what is open in a unit on a day."""
    sql = f"""{below(day)} SELECT COALESCE(SUM(p.owns), 0), COALESCE(SUM({part("d.amount")}), 0),
        COALESCE(SUM({part(weighted(day))}), 0) {deals_on(day)} AND d.state = 0"""
    return tuple(int(one) for one in rows(sql, unit)[0])  # type: ignore[return-value]


def done_of(unit: int, day: int) -> int:
    """Return contract value of the year up to a day: contracts, and deals won without one."""
    counted, shared_on = (f"CASE WHEN {c}.effective_day < {day} THEN {c}.effective_day ELSE {day} END" for c in "cw")
    people = credited("fact_contracts", "contract_id", day, shared_on)
    contracts = f"""{below(day)} SELECT COALESCE(SUM({part("c.amount")}), 0) FROM fact_contracts c
        JOIN {people} p ON p.part_of = c.contract_id {home("a", "p.person_id", counted)}
        WHERE c.{NOW} AND c.from_day <= {day} AND c.to_day > {day} AND c.posted_day >= %s
        AND c.posted_day <= {day} AND c.kind <> 2 AND a.unit_id IN (SELECT unit_id FROM tree)"""
    won = f"""{below(day)} SELECT COALESCE(SUM({part("d.amount")}), 0) {deals_on(day)} AND d.state = 1
        AND d.contracted = 0 AND d.closed_day >= %s AND d.closed_day <= {day}"""
    return sum(int(rows(sql, unit, YEAR[0])[0][0]) for sql in (contracts, won))


def to_come_of(unit: int, day: int) -> int:
    """Return the weighted amounts that the forecast of the year counts on a day."""
    sql = f"""{below(day)} SELECT COALESCE(SUM({part(weighted(day))}), 0) {deals_on(day)} AND d.state = 0
        AND d.category <> 4 AND d.expected_day >= {day} AND d.expected_day >= %s AND d.expected_day < %s"""
    return int(rows(sql, unit, *YEAR)[0][0])


def own_target(unit: int, day: int) -> int | None:
    """Return a unit's own target of the year; None where it has none for some month that others have."""
    sql = f"""SELECT COUNT(*), SUM(amount) FROM fact_targets WHERE unit_id = %s AND person_id = 0 AND measure_id = %s
        AND ym >= %s AND ym < %s AND amount IS NOT NULL AND {NOW} AND from_day <= {day} AND to_day > {day}"""
    many, total = rows(sql, unit, CONTRACT, *MONTHS)[0]
    return int(total) if many == 12 else None


@pytest.mark.parametrize("day", DAYS)
def test_the_forecast_is_what_statements_over_the_facts_find(opened, engine, day):
    with opened(engine):
        table = answered("tables/forecast", {"measure": "contract", "period": "2026"}, database_book("", day)).table
        found, expected, planned = [], [], 0
        for unit, _ in units():
            row = of_unit(table, unit)
            done, coming, target = done_of(unit, day), to_come_of(unit, day), own_target(unit, day)
            expected.append((unit, done, coming, done + coming))
            found.append((unit, *(table.cell(name, row) for name in ("done", "weighted", "forecast"))))
            if target is not None:
                planned += 1
                assert (table.cell("target", row), table.cell("gap", row)) == (target, target - done)

    assert found == expected
    assert planned and all(coming for _, _, coming, _ in expected)


def test_every_point_of_the_trends_is_what_statements_of_its_day_find(opened, engine):
    given = {"step": "month", "since": "2026-02-01", "period": "2026"}
    with opened(engine):
        for unit, code in units()[:2]:
            table = answered("tables/trends", given | {"unit": code}, database_book("", world.TODAY)).table
            points = [
                tuple(table.cell(name, row) for name in ("day", "deals", "amount", "weighted", "done", "forecast"))
                for row in range(len(table))
            ]
            expected = []
            for day, *_ in points:
                done = done_of(unit, day)
                expected.append((day, *pipeline_of(unit, day), done, done + to_come_of(unit, day)))
            assert points == expected
    assert len(points) > 5


def test_losses_are_what_a_statement_over_the_facts_finds(opened, engine):
    day = world.TODAY
    sql = f"""SELECT d.loss_reason_id, d.verified_reason_id, COUNT(*), SUM({LAST_OPEN_AMOUNT}) FROM fact_deals d
        {home("a", "d.owner_id", "d.closed_day")} WHERE d.{NOW} AND d.from_day <= %s AND d.to_day > %s
        AND d.state = 2 AND d.closed_day >= %s AND d.closed_day < %s GROUP BY d.loss_reason_id, d.verified_reason_id"""
    with opened(engine):
        expected = {
            (told, found, int(many), None if worth is None else int(worth))
            for told, found, many, worth in rows(sql, day, day, day, *YEAR)
        }
        table = answered("deals/lost", {"closed": "2026"}, database_book("", day)).table

    names = ("loss_reason_id", "verified_reason_id", "deals", "amount")
    assert {tuple(table.cell(name, row) for name in names) for row in range(len(table))} == expected
    assert len(expected) > 3


def test_win_rates_and_cycle_are_what_a_statement_over_the_facts_finds(opened, engine):
    day = world.TODAY
    sql = f"""{below(day)} SELECT SUM(CASE WHEN d.state = 1 THEN p.owns END),
        SUM(CASE WHEN d.state = 2 THEN p.owns END), SUM(CASE WHEN d.state = 1 THEN {part("d.amount")} END),
        SUM(CASE WHEN d.state = 1 THEN p.owns * (d.closed_day - d.created_day) END)
        {deals_on(day)} AND d.closed_day >= %s AND d.closed_day < %s"""
    with opened(engine):
        table = answered("tables/winning", {"period": "2026"}, database_book("", day)).table
        for unit, _ in units():
            won, lost, amount, taken = (int(one or 0) for one in rows(sql, unit, *YEAR)[0])
            row = of_unit(table, unit)
            assert [table.cell(name, row) for name in ("won", "lost", "won_amount")] == [won, lost, amount]
            assert table.cell("win_ratio", row) == pytest.approx(won / (won + lost))
            assert table.cell("win_amount_ratio", row) == pytest.approx(
                amount / (amount + table.cell("lost_amount", row))
            )
            assert table.cell("cycle", row) == pytest.approx(taken / won)
            count, worth, _ = pipeline_of(unit, day)
            assert (table.cell("open_deals", row), table.cell("open_amount", row)) == (count, worth)


PASSED = """
    WITH ranked AS (
        SELECT stage_id, set_id, state, CASE WHEN state = 0 THEN position WHEN state = 1 THEN 99999 ELSE -1 END place
        FROM fact_stages WHERE seq_to = {far} AND from_day <= {day} AND to_day > {day}),
    seen AS (
        SELECT d.deal_id, d.stage_id, d.stage_day, d.created_day, d.from_day, d.to_day, d.state FROM fact_deals d
        WHERE d.seq_to = {far} AND d.from_day <= {day}
        AND EXISTS (SELECT 1 FROM fact_assignments a WHERE a.person_id = d.owner_id AND a.seq_to = {far}
            AND a.from_day <= d.from_day AND a.to_day > d.from_day)),
    stays AS (
        SELECT deal_id, stage_id, stage_day, MIN(created_day) AS created_day, MIN(from_day) AS first_day,
            MAX(to_day) AS until_day
        FROM seen GROUP BY deal_id, stage_id, stage_day),
    ended AS (SELECT deal_id, stage_id, state FROM seen WHERE to_day > {day}),
    entered AS (
        SELECT deal_id, stage_id, MIN(stage_day) AS stage_day FROM stays
        WHERE first_day = stage_day AND created_day >= {first} AND created_day < {end} GROUP BY deal_id, stage_id),
    fates AS (
        SELECT e.stage_id, CASE
            WHEN EXISTS (SELECT 1 FROM stays n JOIN ranked o ON o.stage_id = n.stage_id WHERE n.deal_id = e.deal_id
                AND o.set_id = r.set_id AND o.place > r.place AND n.stage_day > e.stage_day) THEN 'on'
            WHEN now.deal_id IS NULL OR l.set_id <> r.set_id THEN 'gone'
            WHEN now.state = 2 THEN 'lost' WHEN now.stage_id = e.stage_id THEN 'here' ELSE 'back' END AS fate
        FROM entered e JOIN ranked r ON r.stage_id = e.stage_id
        LEFT JOIN ended now ON now.deal_id = e.deal_id LEFT JOIN ranked l ON l.stage_id = now.stage_id)
    SELECT stage_id, fate, COUNT(*) FROM fates GROUP BY stage_id, fate"""
FATES = ("on", "here", "lost", "back", "gone")


@pytest.mark.parametrize("day", DAYS)
def test_the_funnel_is_what_a_statement_over_the_facts_finds(opened, engine, day):
    with opened(engine):
        counted = rows(PASSED.format(far=FAR, day=day, first=YEAR[0], end=YEAR[1]))
        table = answered("deals/funnel", {"period": "2026"}, database_book("", day)).table

    expected = {(stage, fate): int(many) for stage, fate, many in counted}
    open_ones = [row for row in range(len(table)) if table.cell("on", row) is not None]
    for row in open_ones:
        stage = table.cell("stage_id", row)
        found = {fate: table.cell(fate, row) for fate in FATES}
        assert found == {fate: expected.get((stage, fate), 0) for fate in FATES}
        assert table.cell("entered", row) == sum(found.values())
    assert sum(table.cell("on", row) for row in open_ones) > 10


def middle(days: Sequence[int], share: int) -> int:
    """Return the smallest of some days that so many per cent do not exceed."""
    return next(one for at, one in enumerate(sorted(days), 1) if at * 100 >= share * len(days))


def test_the_days_of_completed_stays_are_what_a_statement_over_the_facts_finds(opened, engine):
    day = world.TODAY
    sql = f"""WITH s AS (SELECT deal_id, stage_id, stage_day, MIN(from_day) AS first_day, MAX(to_day) AS until_day,
        MIN(created_day) AS created_day FROM fact_deals WHERE {NOW} AND from_day <= {day}
        GROUP BY deal_id, stage_id, stage_day)
        SELECT s.stage_id, s.until_day - s.stage_day FROM s JOIN s n ON n.deal_id = s.deal_id
        AND n.stage_day = s.until_day AND n.first_day = n.stage_day AND NOT (n.stage_id = s.stage_id AND n.stage_day =
        s.stage_day) WHERE s.first_day = s.stage_day AND s.created_day >= %s AND s.created_day < %s"""
    with opened(engine):
        stays: dict[int, list[int]] = {}
        for stage, days in rows(sql, *YEAR):
            stays.setdefault(stage, []).append(int(days))
        table = answered("deals/funnel", {"period": "2026"}, database_book("", day)).table

    for row in range(len(table)):
        known = stays.get(table.cell("stage_id", row), [])
        if table.cell("on", row) is not None and known:
            assert table.cell("median_days", row) == middle(known, 50)
            assert table.cell("p90_days", row) == middle(known, 90)
    assert stays


@pytest.mark.parametrize(("segment", "column"), [("product", "product_id"), ("grade", "grade")])
def test_wins_of_a_segment_are_what_a_statement_over_the_facts_finds(opened, engine, segment, column):
    day = world.TODAY
    sql = f"""{below(day)} SELECT d.{column}, SUM(p.owns), SUM({part("d.amount")})
        {deals_on(day)} AND d.state = 1 AND d.closed_day >= %s AND d.closed_day < %s GROUP BY d.{column}"""
    with opened(engine):
        for unit, code in units():
            expected = {(key, int(won), int(amount or 0)) for key, won, amount in rows(sql, unit, *YEAR)}
            given = {"period": "2026", "segment": segment, "unit": code}
            table = answered("tables/sizes", given, database_book("", day)).table
            names = (column, "won", "won_amount")
            assert {tuple(table.cell(name, row) for name in names) for row in range(len(table))} == expected


def test_wins_of_the_units_below_are_what_a_statement_over_the_facts_finds(opened, engine):
    day = world.TODAY
    sql = f"""{below(day)} SELECT SUM(p.owns), SUM({part("d.amount")})
        {deals_on(day)} AND d.state = 1 AND d.closed_day >= %s AND d.closed_day < %s"""
    with opened(engine):
        (top, _), *below_it = units()
        table = answered("tables/sizes", {"period": "2026", "segment": "unit"}, database_book("", day)).table
        found = {table.cell("unit_id", row): row for row in range(len(table))}
        for unit, _ in below_it:
            won, amount = (int(one or 0) for one in rows(sql, unit, *YEAR)[0])
            row = found.get(unit)
            assert (won, amount) == ((0, 0) if row is None else (table.cell("won", row), table.cell("won_amount", row)))
        assert set(found) <= {top, *(unit for unit, _ in below_it)}
        assert sum(row is not None for row in map(found.get, dict(below_it))) > 1
