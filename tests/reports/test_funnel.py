"""The funnel: what became of each deal that entered a stage, how long it stayed, what was lost and why."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.deals.concentration import effective_number
from dacheng.core.deals.funnel import funnel
from dacheng.core.deals.losses import losses
from dacheng.core.deals.lost import lost
from dacheng.core.deals.passing import LINES, passing
from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.deals.stays import stays
from dacheng.core.deals.velocity import shrunk_rate
from dacheng.core.histogram import percentile
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import Period, parse_period
from dacheng.core.table import Table
from tests.reports.company import Company, day
from tests.reports.invented import DAYS, Fact, holding, home, invented, path, units_seen

YEAR = parse_period("2026")
QUICK = settings(max_examples=12, deadline=None)
COMPANIES = st.integers(0, 10**6)
AS_OF = st.sampled_from(DAYS)
VIEWERS = st.sampled_from(["", "boss", "li"])
UNITS = st.sampled_from([None, 1, 2, 4])
PERIODS = st.sampled_from(["2026", "2026-H1", "2026-Q3"])
BY = st.sampled_from(["cohort", "period"])
LINE_CODES = [code for _, code, _ in LINES]


def counts(company: Company, table: Table) -> dict[str, tuple[int, ...]]:
    """Return stage -> its lines, open stages only."""
    rows = company.read(table, "stage_id", *LINE_CODES)
    return {row[0]: row[1:] for row in rows if row[2] is not None}


Stay = dict[str, Any]


def walked(company: Company, viewer: str, when: int, unit: int | None) -> dict[int, list[Stay]]:
    """Return deal -> its stays as a view saw them, day by day, from the facts alone."""
    deals: dict[int, list[Stay]] = {}
    state = {one["stage_id"]: one["state"] for one in company.rows["stages"]}
    for today in range(day(DAYS[0]), when + 1):
        for fact in _in_view(company, viewer, today, unit):
            known = deals.setdefault(fact["deal_id"], [])
            if known and known[-1]["stage"] == fact["stage_id"] and known[-1]["entered"] == fact["stage_day"]:
                known[-1]["last"] = today
            else:
                known.append(
                    {
                        "stage": fact["stage_id"],
                        "state": state[fact["stage_id"]],
                        "entered": fact["stage_day"],
                        "seen": today == fact["stage_day"],
                        "last": today,
                        "created": fact["created_day"],
                    }
                )
    return deals


def _in_view(company: Company, viewer: str, today: int, unit: int | None) -> list[Fact]:
    units, person = units_seen(company, viewer, today), company.viewer(viewer).person_id
    found = []
    for fact in holding(company, "deals", today):
        place = home(company, fact["owner_id"], min(fact["closed_day"], today))
        if (place in units or fact["owner_id"] == person) and (unit is None or unit in path(company, place, today)):
            found.append(fact)
    return found


def expected_lines(
    company: Company, deals: Mapping[int, list[Stay]], when: int, by: str, span: Period
) -> dict[int, dict[str, int]]:
    """Return stage -> line -> deals, by following each deal by hand."""
    rank = {one["stage_id"]: one["position"] for one in company.rows["stages"] if one["state"] == OPEN}
    rank |= {one["stage_id"]: 99 for one in company.rows["stages"] if one["state"] == WON}
    found = {stage: dict.fromkeys(LINE_CODES, 0) for stage in rank}
    for known in deals.values():
        asked = [
            one["seen"]
            and CALENDAR_MONTHS.from_day(span)
            <= (one["created"] if by == "cohort" else one["entered"])
            < CALENDAR_MONTHS.to_day(span)
            for one in known
        ]
        for stage, lines in found.items():
            firsts = [at for at, one in enumerate(known) if asked[at] and one["stage"] == stage]
            if firsts:
                lines["entered"] += 1
                lines[_fate(known, firsts[0], when, rank)] += 1
            was_there = any(one["stage"] == stage for one in known)
            beyond = any(asked[at] and rank.get(one["stage"], -1) > rank[stage] for at, one in enumerate(known))
            lines["skipped"] += beyond and not was_there
            lines["returned"] += any(
                asked[at] and one["stage"] == stage and 0 <= _next_rank(known, at, rank) < rank[stage]
                for at, one in enumerate(known)
            )
            now = known[-1]
            too_long = now["stage"] == stage and now["last"] == when and when - now["entered"] >= 30
            lines["stalled"] += too_long and now["state"] == OPEN
    return found


def _next_rank(known: list[Stay], at: int, rank: Mapping[int, int]) -> int:
    """Return the rank of the stage a deal went to straight from a stay; -1 where it did not, or was lost."""
    if at + 1 == len(known):
        return -1
    following = known[at + 1]
    straight = following["seen"] and following["entered"] == known[at]["last"] + 1
    return rank.get(following["stage"], -1) if straight else -1


def _fate(known: list[Stay], at: int, when: int, rank: Mapping[int, int]) -> str:
    stage, end = known[at]["stage"], known[-1]
    if any(rank.get(one["stage"], -1) > rank[stage] for one in known[at + 1 :]):
        return "on"
    if end["last"] != when:
        return "gone"
    if end["state"] == LOST:
        return "lost"
    return "here" if end["stage"] == stage else "back"


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, UNITS, BY, PERIODS)
def test_the_funnel_counts_what_following_every_deal_day_by_day_finds(seed, as_of, viewer, unit, by, period):
    company, span = invented(seed), parse_period(period)
    deals = walked(company, viewer, day(as_of), unit)

    table = funnel(company.book(as_of, viewer), by=by, period=span, unit=unit)

    wanted = expected_lines(company, deals, day(as_of), by, span)
    for row in range(len(table)):
        stage = table.cell("stage_id", row)
        found = {code: table.cell(code, row) for code in LINE_CODES}
        if found["on"] is None:
            assert found["entered"] == wanted[stage]["entered"]
        else:
            assert found == wanted[stage]
            assert found["entered"] == sum(found[code] for code in ("on", "here", "lost", "back", "gone"))


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, UNITS, PERIODS)
def test_a_cohort_read_alone_passes_as_among_all_deals(seed, as_of, viewer, unit, period):
    book, span = invented(seed).book(as_of, viewer), parse_period(period)

    among, alone = (passing(book, period=span, by="cohort", unit=unit, cohort_alone=only) for only in (False, True))

    for stage in among.stages["stage_id"].tolist():
        for number, code, _ in LINES:
            if code != "stalled":
                deals = [sorted(one.stays.deal_id[one.line(number, stage)].tolist()) for one in (among, alone)]
                assert deals[0] == deals[1], code


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, UNITS, BY)
def test_every_number_of_the_funnel_opens_so_many_deals(seed, as_of, viewer, unit, by):
    book = invented(seed).book(as_of, viewer)

    table = funnel(book, by=by, period=YEAR, unit=unit)

    for row in range(len(table)):
        for code in LINE_CODES:
            if table.cell(code, row) is None:
                continue
            opened = stays(book, stage=table.cell("stage_id", row), line=code, by=by, period=YEAR, unit=unit)
            assert opened.count == len(opened) == table.cell(code, row)
            known = [opened.cell("amount", at) for at in range(len(opened))]
            assert opened.totals["amount"] == (
                sum(one for one in known if one is not None) if not known or any(k is not None for k in known) else None
            )


@QUICK
@given(COMPANIES, AS_OF, st.sampled_from([1, 2, 3, 4, 5]), BY)
def test_a_manager_and_the_company_see_the_same_funnel_of_his_unit(seed, as_of, number, by):
    company = invented(seed)
    seen = sorted(units_seen(company, "boss", day(as_of)))
    unit = seen[number % len(seen)]
    if any(
        unit_below not in units_seen(company, "boss", day(when))
        for when in DAYS
        if when <= as_of
        for unit_below in units_seen(company, "", day(when))
        if unit in path(company, unit_below, day(when))
    ):
        return  # a part of the unit was not the manager's on some day before

    mine, theirs = (funnel(company.book(as_of, who), by=by, unit=unit) for who in ("boss", ""))

    assert mine.rows() == theirs.rows()
    assert lost(company.book(as_of, "boss"), unit=unit).rows() == lost(company.book(as_of), unit=unit).rows()


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, UNITS)
def test_losses_are_those_of_the_list_and_every_number_opens_them(seed, as_of, viewer, unit):
    company = invented(seed)
    book = company.book(as_of, viewer)

    table = lost(book, closed=YEAR, unit=unit)

    everything = losses(book, closed=YEAR, unit=unit)
    assert table.totals["deals"] == everything.count == sum(table.values["deals"])
    assert table.totals["amount"] == everything.totals["amount"]
    for row in range(len(table)):
        opened = losses(
            book,
            reason=table.cell("loss_reason_id", row),
            verified=table.cell("verified_reason_id", row),
            untold=bool(table.cell("untold", row)),
            unverified=bool(table.cell("unverified", row)),
            closed=YEAR,
            unit=unit,
        )
        assert (opened.count, opened.totals["amount"]) == (table.cell("deals", row), table.cell("amount", row))
    assert losses(book, differing=True, closed=YEAR, unit=unit).count == table.totals["differing"]


def quickly(day_of_move: str, move: Mapping[str, Any], count: int, code: str) -> list[tuple[str, str, Any]]:
    """Return deals that entered the first stage at New Year and did the same thing on one day."""
    first = {"owner": "li", "stage": "lead", "amount": 1}
    return [
        entry
        for at in range(count)
        for entry in ((f"{code}{at}", "2026-01-01", first), (f"{code}{at}", day_of_move, dict(move)))
    ]


STAGES = {"lead": (OPEN, 1000, 4000, 20), "proposal": (OPEN, 5000), "won": (WON, 10000), "lost": (LOST, 0)}


@pytest.mark.parametrize(
    ("on", "dropped", "as_of", "alert"),
    [
        (11, 19, "2026-03-31", 1),  # 36.7 % of 30, below 40 %
        (12, 18, "2026-03-31", 0),  # exactly 40 %
        (10, 19, "2026-03-31", 0),  # 29 are too few
        (11, 19, "2026-05-02", 0),  # 91 days ago is no longer in the 90
        (11, 19, "2026-05-01", 1),  # the 90th day still is
    ],
)
def test_a_stage_below_its_baseline_raises_an_alert_once_enough_is_decided(on, dropped, as_of, alert):
    moved = quickly("2026-02-01", {"stage": "proposal"}, on, "a")
    company = Company(stages=STAGES, deals=moved + quickly("2026-02-01", {"stage": "lost"}, dropped, "b"))

    table = funnel(company.book(as_of))

    assert company.read(table, "stage_id", "alert")[0] == ("lead", alert)
    shrunk_to = (on + 10 * 0.4) / (on + dropped + 10)
    assert table.cell("shrunk_ratio", 0) == pytest.approx(shrunk_to)


def test_a_deal_is_stalled_at_one_and_a_half_times_the_usual_days_or_at_the_limit():
    company = Company(
        stages=STAGES,
        deals=[
            ("g58", "2026-01-01", {"owner": "li", "stage": "lead", "amount": 1}),
            ("new", "2026-01-05", {"owner": "li", "stage": "lead", "amount": 1}),
            ("late", "2026-01-01", {"owner": "li", "stage": "proposal", "amount": 1}),
        ],
        rules={"deals.stalled_days": 60},
    )

    def stalled(as_of: str) -> list[int | None]:
        return [count for stage, count in company.read(funnel(company.book(as_of)), "stage_id", "stalled")]

    assert stalled("2026-01-30") == [0, 0, None]  # 29 days of 20 usual ones
    assert stalled("2026-01-31") == [1, 0, None]
    assert stalled("2026-03-02") == [2, 1, None]  # no usual days: the limit of 60


def test_the_golden_conversions_of_the_funnel():
    passed, entered = np.array([360, 180, 72, 43]), np.array([1200, 360, 180, 72])

    assert (passed / entered * 100).round(2).tolist() == [30.0, 50.0, 40.0, 59.72]
    assert shrunk_rate(0, 0, Fraction(3, 10), 10) == Fraction(3, 10)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30))
def test_the_effective_number_lies_between_one_and_the_number_of_deals(amounts):
    number = effective_number(np.array(amounts))

    assert 1 <= number <= len(amounts) * (1 + 1e-12)
    assert effective_number(np.array([7] * len(amounts))) == pytest.approx(len(amounts))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=50), st.sampled_from([1, 50, 90, 100]))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(days, share):
    found = percentile(np.array(days), share)

    def within(value: int) -> bool:
        return sum(one <= value for one in days) * 100 >= share * len(days)

    assert found in days and within(found)
    assert not any(within(one) for one in days if one < found)


def test_few_large_deals_are_noted():
    large = Company(deals=[(f"d{at}", "2026-01-05", {"owner": "li", "amount": 10**at}) for at in range(12)])
    even = Company(deals=[(f"d{at}", "2026-01-05", {"owner": "li", "amount": 10}) for at in range(12)])

    assert "few-large" in {one.code for one in funnel(large.book("2026-03-01")).notes}
    assert "few-large" not in {one.code for one in funnel(even.book("2026-03-01")).notes}


def test_the_mismatch_is_of_losses_with_both_categories():
    def lose(code: str, told: str | None, found: str | None) -> list[Any]:
        after = {"stage": "lost", "amount": 0, "loss_reason": told, "verified_reason": found}
        return [(code, "2026-01-05", {"owner": "li", "amount": 10}), (code, "2026-02-01", after)]

    told = {"a": ("price", "relation"), "b": ("price", "price"), "c": ("price", None), "d": (None, None)}
    company = Company(deals=[entry for code, both in told.items() for entry in lose(code, *both)])

    table = lost(company.book("2026-03-01"))

    assert table.totals == {"deals": 4, "amount": 4000, "compared": 2, "differing": 1, "mismatch_ratio": 0.5}
    assert {note.code: note.count for note in table.notes} == {"untold": 1, "unverified": 2}
