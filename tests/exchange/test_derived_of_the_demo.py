"""The demo company in a folder: what it derives for itself is what a folder without it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dacheng.core.company import Company, Frame
from dacheng.core.schema import RELATIONS
from dacheng.demo.company import generate
from dacheng.exchange.completing import completed

DERIVED = (
    "deals",
    "contracts",
    "contract_lines",
    "recognitions",
    "payment_terms",
    "invoices",
    "receipts",
    "allocations",
    "write_offs",
    "dunning_steps",
    "promises",
    "projects",
    "milestones",
)


def without_derived(company: Company) -> Company:
    frames = dict(company.frames)
    for name in DERIVED:
        derived = {column.name for column in RELATIONS[name].facts if column.derived}
        kept = {column: values for column, values in frames[name].columns.items() if column not in derived}
        frames[name] = Frame(kept, frames[name].labels)
    return replace(company, frames=frames)


def day_by_day(company: Company, name: str, days: list[int]) -> dict[int, list[tuple[object, ...]]]:
    """Return the rows that hold on each day, however their versions are cut."""
    relation, frame = RELATIONS[name], company.frames[name]
    columns = [column.name for column in relation.facts]
    rows = list(zip(*([*(frame.columns[column])] for column in (*columns, "from_day", "to_day")), strict=True))
    return {day: sorted((row[:-2] for row in rows if row[-2] <= day < row[-1]), key=repr) for day in days}


def test_a_folder_without_derived_columns_is_given_those_the_demo_has():
    demo = generate(7, date(2026, 6, 30), 1_000)
    ends = sorted({day for name in DERIVED for day in demo.frames[name].columns["from_day"]})
    days = [int(day) for day in ends[:: max(len(ends) // 40, 1)]]

    found = completed(without_derived(demo))

    for name in DERIVED:
        assert day_by_day(found, name, days) == day_by_day(demo, name, days), name
