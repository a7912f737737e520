"""Receivables, unrecognised and roll-forward of the demo company against SQL written by hand, at 24 month ends.

The statements read postings and contracts themselves and share nothing with the reports: not the columns that are
kept beside terms and contracts, no relation of the engine, no gather.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from dacheng.core.period import first_day_of, ym_at, ym_of, ym_text
from tests.proofs.asking import answered, database_book
from tests.proofs.test_hand_written_sql import below, credited, home, of_unit, part, rows, units

MONTH_ENDS = [int(first_day_of(ym_at(2024, 8) + month)) - 1 for month in range(1, 25)]
NOW = f"seq_to = {2**62}"


def of_contracts(alias: str, day: int) -> str:
    """Return the joins from something of a contract to the unit where the contract stands."""
    return f"""JOIN fact_contracts c ON c.contract_id = {alias}.contract_id AND c.{NOW} AND c.from_day <= {day}
        AND c.to_day > {day} {home("a", "c.owner_id", "c.effective_day")}
        AND a.unit_id IN (SELECT unit_id FROM tree)"""


def number(sql: str, unit: int) -> int:
    return int(rows(sql, unit)[0][0] or 0)


def settled(day: int) -> str:
    """Return what was collected and written off of terms by a day, summed from the postings."""
    return f"""(SELECT term_id, SUM(amount) AS amount FROM (
        SELECT term_id, amount FROM fact_allocations WHERE term_id IS NOT NULL AND {NOW} AND posted_day <= {day}
        UNION ALL SELECT term_id, amount FROM fact_write_offs WHERE {NOW} AND posted_day <= {day}) x
        GROUP BY term_id)"""


def open_by_days(unit: int, day: int) -> dict[int | None, int]:
    """Return what is open by days past due; None = without a due day."""
    sql = f"""{below(day)} SELECT {day} - t.due_day, SUM(t.amount - COALESCE(s.amount, 0)) FROM fact_payment_terms t
        {of_contracts("t", day)} LEFT JOIN {settled(day)} s ON s.term_id = t.term_id
        WHERE t.{NOW} AND t.from_day <= {day} AND t.to_day > {day} GROUP BY t.due_day"""
    found: dict[int | None, int] = {}
    for days, amount in rows(sql, unit):
        found[days] = found.get(days, 0) + int(amount)
    return found


def unrecognised_of(unit: int, day: int) -> tuple[int, int]:
    """Return what is signed and not recognised excl. and incl. tax, from contracts and recognitions."""
    signed, done = (
        f"""{below(day)} SELECT COALESCE(SUM({{0}}), 0) FROM fact_contracts c
        {home("a", "c.owner_id", "c.effective_day")} AND a.unit_id IN (SELECT unit_id FROM tree)
        WHERE c.{NOW} AND c.from_day <= {day} AND c.to_day > {day} AND c.posted_day <= {day}
        AND c.kind <> 2 AND c.intake = 1""",
        f"""{below(day)} SELECT COALESCE(SUM(r.{{0}}), 0) FROM fact_recognitions r {of_contracts("r", day)}
        WHERE r.{NOW} AND r.from_day <= {day} AND r.to_day > {day} AND r.posted_day <= {day}""",
    )
    without, incl = (
        number(signed.format(f"c.{name}"), unit) - number(done.format(name), unit) for name in ("amount_ex", "amount")
    )
    return without, incl


def cash_of(unit: int, day: int, first: int) -> int:
    """Return what came from a day to another: parted as the contract's deal was, where each one was at home then.

    What is set against nothing counts at the receipt's owner on its own day.
    """
    shared_on = f"CASE WHEN w.effective_day < {day} THEN w.effective_day ELSE {day} END"
    people = credited("fact_contracts", "contract_id", day, shared_on)
    came = f"x.{NOW} AND x.posted_day >= {first} AND x.posted_day <= {day}"
    by_contract = f"""{below(day)} SELECT COALESCE(SUM({part("x.received")}), 0) FROM fact_allocations x
        JOIN fact_contracts c ON c.contract_id = x.contract_id AND c.{NOW} AND c.from_day <= {day} AND c.to_day > {day}
        JOIN {people} p ON p.part_of = c.contract_id {home("a", "p.person_id", "c.effective_day")}
        WHERE {came} AND a.unit_id IN (SELECT unit_id FROM tree)"""
    of_nothing = f"""{below(day)} SELECT COALESCE(SUM(x.received), 0) FROM fact_allocations x
        JOIN fact_receipts r ON r.receipt_id = x.receipt_id AND r.{NOW} AND r.from_day <= {day} AND r.to_day > {day}
        {home("a", "r.owner_id", "x.posted_day")}
        WHERE {came} AND x.contract_id IS NULL AND a.unit_id IN (SELECT unit_id FROM tree)"""
    return number(by_contract, unit) + number(of_nothing, unit)


def test_cash_done_is_what_statements_over_postings_and_splits_find(opened, engine):
    seen = []
    with opened(engine):
        for day in MONTH_ENDS:
            month = int(ym_of(day))
            for unit, code in units()[:2]:
                given = {"unit": code, "measure": "cash", "period": ym_text(month)}
                table = answered("targets/attainment", given, database_book("", day)).table
                done = table.cell("done", of_unit(table, unit))
                if month < ym_at(2025, 1):
                    assert done is None
                else:
                    assert done == cash_of(unit, day, int(first_day_of(month)))
                    seen.append(done)
    assert sum(one > 0 for one in seen) > 30


def test_receivables_and_ageing_are_what_statements_over_the_postings_find(opened, engine):
    bands = (0, 30, 60, 90, 180, 365)
    with opened(engine):
        for day in MONTH_ENDS:
            for unit, code in units()[:2]:
                found = open_by_days(unit, day)
                book = database_book("", day)
                table = answered("tables/receivable", {"unit": code}, book).table
                assert table.totals["open"] == sum(found.values())
                ageing = answered("receivable/ageing", {"unit": code}, book).table
                told = {key[:2]: key[3] for key in ageing.rows()}
                expected = [
                    sum(amount for days, amount in found.items() if days is None),
                    sum(amount for days, amount in found.items() if days is not None and days < 0),
                    sum(amount for days, amount in found.items() if days == 0),
                    *(_between(found, low, high) for low, high in zip(bands, (*bands[1:], 10**6), strict=True)),
                ]
                assert list(told.values()) == expected
                if day == MONTH_ENDS[-1]:
                    assert sum(one != 0 for one in expected) > 5


def _between(found: dict[int | None, int], low: int, high: int) -> int:
    return sum(amount for days, amount in found.items() if days is not None and low < days <= high)


def test_what_is_unrecognised_is_what_statements_over_contracts_and_postings_find(opened, engine):
    with opened(engine):
        for day in MONTH_ENDS:
            for unit, code in units()[:2]:
                totals = answered("tables/unrecognised", {"unit": code}, database_book("", day)).table.totals
                without, incl = unrecognised_of(unit, day)
                assert (totals["unrecognised_ex"] - totals["over_ex"], totals["unrecognised"]) == (without, incl)
                assert totals["unrecognised_ex"] > 0


def test_the_rollforward_of_every_month_meets_the_stocks_of_both_its_ends(opened, engine):
    with opened(engine):
        for before, day in pairwise(MONTH_ENDS):
            unit, code = units()[0]
            table = answered("contracts/rollforward", _month(day) | {"unit": code}, database_book("", day)).table
            lines = dict(zip(table.values["line"].tolist(), table.values["amount"].tolist(), strict=True))
            assert table.notes == ()
            assert (lines[1], lines[6]) == (unrecognised_of(unit, before)[1], unrecognised_of(unit, day)[1])
            assert (lines[7], lines[11]) == (_due(unit, before), _due(unit, day))
            assert all(lines[line] for line in (2, 5, 8, 9, 12))


def _due(unit: int, day: int) -> int:
    return sum(amount for days, amount in open_by_days(unit, day).items() if days is not None and days >= 0)


def _month(day: int) -> dict[str, Any]:
    when = np.datetime64(day, "D").astype(object)
    return {"period": f"{when.year}-{when.month:02d}"}
