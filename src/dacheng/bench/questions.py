"""Goals 1, 2, 4 and 12: whole-company questions against plain SQL on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from dacheng.bench.books import REPLICA, book_on, fresh
from dacheng.bench.databases import rows_of
from dacheng.bench.measuring import Line, interleaved, milliseconds, same, times_faster
from dacheng.core.book import Book, Rows
from dacheng.core.targets.attainment import attainment

BY_TEAM_AND_STAGE = """
    SELECT unit_id, stage_id, COUNT(*) AS deals_there, CAST(SUM(amount) AS BIGINT) AS total
    FROM deals WHERE state = 0 GROUP BY unit_id, stage_id ORDER BY unit_id, stage_id"""
PLAIN_BY_TEAM_AND_STAGE = """
    SELECT a.unit_id, d.stage_id, COUNT(*), CAST(SUM(d.amount) AS BIGINT)
    FROM rec_deals d JOIN rec_assignments a ON a.person_id = d.owner_id AND NOT a.removed
    WHERE d.state = 0 AND NOT d.removed GROUP BY a.unit_id, d.stage_id ORDER BY a.unit_id, d.stage_id"""
BY_PERSON_AND_MONTH = """
    SELECT d.owner_id, c.ym, d.stage_id, COUNT(*) AS deals_there, CAST(SUM(d.amount) AS BIGINT) AS total
    FROM deals d JOIN calendar c ON c.day = d.expected_day
    WHERE d.state = 0 GROUP BY d.owner_id, c.ym, d.stage_id ORDER BY d.owner_id, c.ym, d.stage_id"""
PLAIN_BY_PERSON_AND_MONTH = """
    SELECT owner_id, date_trunc('month', DATE '1970-01-01' + expected_day::int) AS month, stage_id, COUNT(*),
        CAST(SUM(amount) AS BIGINT)
    FROM rec_deals WHERE state = 0 AND NOT removed AND expected_day IS NOT NULL
    GROUP BY owner_id, month, stage_id ORDER BY owner_id, month, stage_id"""
AS_OF = """
    SELECT stage_id, COUNT(*) AS deals_there, CAST(SUM(amount) AS BIGINT) AS total
    FROM deals WHERE state = 0 GROUP BY stage_id ORDER BY stage_id"""
DISTINCT_ON = """
    SELECT stage_id, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM (
        SELECT DISTINCT ON (deal_id) deal_id, stage_id, state, amount FROM fact_deals
        WHERE from_day <= {day} ORDER BY deal_id, from_day DESC) latest
    WHERE state = 0 GROUP BY stage_id ORDER BY stage_id"""
WITH_REPLICA = (REPLICA, "columnar replica")
GOALS = 300


def questions(scale: str, day: int) -> list[Line]:
    """Measure goals 1, 2 and 12 in place on both databases and on the replica of the first."""
    books = {name: book_on(name, day, day) for name in ("default", "postgres", REPLICA)}
    earlier = {name: book_on(name, day - 365, day) for name in books}
    return [
        *_asked("1", "unit × stage", scale, books, BY_TEAM_AND_STAGE, PLAIN_BY_TEAM_AND_STAGE, "replica ≥ 15×"),
        *_asked(
            "2",
            "person × month × stage",
            scale,
            books,
            BY_PERSON_AND_MONTH,
            PLAIN_BY_PERSON_AND_MONTH,
            "replica ≥ 20×",
        ),
        *_asked("12", "as of a year ago", scale, earlier, AS_OF, DISTINCT_ON.format(day=day - 365), "replica ≥ 10×"),
    ]


def _asked(row: str, work: str, scale: str, books: dict[str, Book], ours: str, plain: str, goal: str) -> list[Line]:
    answers = {name: amounts_in(book.gather(ours)) for name, book in books.items()}
    same(answers["default"], answers["postgres"], work)
    same(answers["default"], answers[REPLICA], f"{work} on the replica")
    same(sorted(answers["default"]), sorted(int(one[-1] or 0) for one in rows_of("postgres", plain)), f"{work} plain")
    measured = interleaved(
        {
            "sqlite": lambda: fresh(books["default"]).gather(ours),
            "postgres": lambda: fresh(books["postgres"]).gather(ours),
            "replica": lambda: fresh(books[REPLICA]).gather(ours),
            "plain": lambda: rows_of("postgres", plain),
        }
    )
    return [
        Line(
            row,
            f"{work}, {where}",
            scale,
            milliseconds(measured[name]),
            f"plain PostgreSQL {milliseconds(measured['plain'])}",
            times_faster(measured[name], measured["plain"]),
            goal,
        )
        for name, where in (("sqlite", "in place on SQLite"), ("postgres", "in place on PostgreSQL"), WITH_REPLICA)
    ]


def amounts_in(rows: Rows) -> list[int]:
    """Return the totals of an answer, in its order."""
    return [int(value) for value in rows["total"].tolist()]


def board(scale: str, day: int) -> list[Line]:
    """Measure goal 4: the attainment board against one query for each goal."""
    lines = []
    for alias, where in (("default", "SQLite"), ("postgres", "PostgreSQL"), WITH_REPLICA):
        connection = "default" if alias == REPLICA else alias
        book = book_on(alias, day, day)
        table = attainment(book, people=True)
        goals = [
            (int(table.values["person_id"][row]), int(table.values["unit_id"][row]))
            for row in range(len(table))
            if table.known("person_id")[row] and table.values["measure_id"][row] == 1
        ][:GOALS]
        measured = interleaved(
            {
                "board": lambda book=book: attainment(fresh(book), people=True),  # type: ignore[misc]
                "each": lambda alias=connection, goals=goals: _one_by_one(alias, goals, day),  # type: ignore[misc]
            },
            repeats=3,
        )
        lines.append(
            Line(
                "4",
                f"attainment board, {len(table)} goals, {where}",
                scale,
                milliseconds(measured["board"]),
                f"one query a goal, {len(goals)} goals: {milliseconds(measured['each'])}",
                times_faster(measured["board"] / len(table), measured["each"] / max(len(goals), 1)) + " per goal",
                "≥ 40×, ≤ 6 queries",
            )
        )
    return lines


def _one_by_one(alias: str, goals: Sequence[tuple[int, int]], day: int) -> int:
    """Ask for each goal's done amount alone, as a page without a Book would."""
    total = 0
    for person, _unit in goals:
        contracts = (
            f"SELECT COALESCE(SUM(amount), 0) FROM rec_contracts WHERE owner_id = {person} AND posted_day <= {day}"
            f" AND posted_day > {day - 365} AND NOT removed"
        )
        won = (
            f"SELECT COALESCE(SUM(amount), 0) FROM rec_deals WHERE owner_id = {person} AND state = 1 AND contracted = 0"
            f" AND closed_day <= {day} AND closed_day > {day - 365} AND NOT removed"
        )
        total += sum(int(rows_of(alias, sql)[0][0] or 0) for sql in (contracts, won))
    return total
