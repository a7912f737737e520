"""What the demo company must show: a believable pipeline, a year in progress, an organisation that changed."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from dacheng.core.access import MANAGER, ROLE_NUMBER
from dacheng.core.company import Company
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of, ym_of
from dacheng.demo import generate, sign_in_people
from dacheng.demo.pipeline import STAGE_LENGTHS
from dacheng.exchange.defaults import default_stages
from tests.demo.rows import (
    AUTUMN,
    UNKNOWN,
    columns_of,
    contracts_of,
    done_to_date,
    homes,
    on_day,
    planned_to_date,
    tree_on,
)

AS_OF = day_of(AUTUMN)
SEEDS = (1, 7, 2026)


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(1, AUTUMN)


def test_the_company_has_about_150_people_120_customers_and_three_years_of_deals(company: Company) -> None:
    keys = {"people": "person_id", "customers": "customer_id", "products": "product_id", "deals": "deal_id"}

    sizes = {name: len(np.unique(columns_of(company, name)[key])) for name, key in keys.items()}

    assert sizes == {"people": 150, "customers": 126, "products": 12, "deals": 3_000}
    assert company.currency == "CNY"
    created = columns_of(company, "deals")["created_day"]
    assert created.min() < AS_OF - 3 * 365
    assert set((columns_of(company, "targets")["ym"] // 12).tolist()) == {2024, 2025, 2026}


def test_units_stand_on_four_levels(company: Company) -> None:
    tree = tree_on(company, AS_OF)

    assert max(len(tree.ancestors(unit)) for unit in tree.unit_ids.tolist()) == 3


def test_every_unit_that_is_open_has_a_manager_who_is_there(company: Company) -> None:
    units, roles = on_day(columns_of(company, "units"), AS_OF), on_day(columns_of(company, "roles"), AS_OF)
    led = set(roles["unit_id"][roles["role"] == MANAGER].tolist())

    assert set(units["unit_id"][(units["closed"] == 0) & (units["parent_id"] > 0)].tolist()) <= led


def test_the_two_years_before_were_attained_between_80_and_115_percent(company: Company) -> None:
    for year in (2024, 2025):
        end = day_of(date(year, 12, 31))
        done, planned = done_to_date(company, end), planned_to_date(company, end)
        tree = tree_on(company, end)
        attained = [done[unit] / planned[unit] for unit in planned if len(tree.ancestors(unit)) <= 1]

        assert len(attained) >= 4
        assert 0.8 <= min(attained) <= max(attained) <= 1.15


def test_every_year_more_is_signed_and_most_of_it_in_the_last_quarter(company: Company) -> None:
    contracts = contracts_of(company)
    year, quarter = ym_of(contracts["effective_day"]) // 12, ym_of(contracts["effective_day"]) % 12 // 3
    signed = {(y, q): contracts["amount"][(year == y) & (quarter == q)].sum() for y in (2024, 2025) for q in range(4)}

    assert all(signed[y, 3] == max(signed[y, q] for q in range(4)) for y in (2024, 2025))
    assert 1.0 < sum(signed[2025, q] for q in range(4)) / sum(signed[2024, q] for q in range(4)) < 1.3


def test_as_many_deals_are_open_today_as_a_year_ago(company: Company) -> None:
    deals = columns_of(company, "deals")
    still = [(on_day(deals, AS_OF - back)["state"] == 0).sum() for back in (0, 91, 182, 273, 364)]

    assert max(still) < 1.25 * min(still)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_region_and_office_is_between_60_and_125_percent_of_its_plan_to_date(seed: int) -> None:
    company = generate(seed, AUTUMN)
    done, planned = done_to_date(company, AS_OF), planned_to_date(company, AS_OF)
    tree = tree_on(company, AS_OF)
    attained = {unit: done[unit] / planned[unit] for unit in done if len(tree.ancestors(unit)) <= 2}

    assert min(attained.values()) >= 0.60
    assert max(attained.values()) <= 1.25
    assert max(attained.values()) - min(attained.values()) > 0.4, "a cockpit where all are alike tells nothing"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pipeline_looks_like_one_of_a_real_company(seed: int) -> None:
    deals = on_day(columns_of(generate(seed, AUTUMN), "deals"), AS_OF)
    won, lost, still = (deals["state"] == state for state in (1, 2, 0))
    cycle = np.median((deals["closed_day"] - deals["created_day"])[won])

    assert 0.25 < won.sum() / (won.sum() + lost.sum()) < 0.4
    assert 100 < cycle < 150
    assert 300 < still.sum() < 450
    assert len(np.unique(deals["stage_id"][still])) == 5
    assert {1, 2, 3} <= set(deals["category"][still].tolist())
    late = AS_OF - deals["expected_day"][still]
    assert 15 < (late > 0).sum() < 60, "some expected days have passed"
    assert 30 < late.max() < 180
    assert (deals["push_count"][still] >= 2).any()
    assert 0 < (deals["win_bp"][still] != UNKNOWN).sum() < 60
    assert (deals["amount"][deals["amount"] != UNKNOWN] > 0).all()


def test_most_won_deals_have_a_contract_and_some_contracts_have_no_deal(company: Company) -> None:
    deals = on_day(columns_of(company, "deals"), AS_OF)
    contracts = contracts_of(company)
    contracted = deals["contracted"][deals["state"] == 1].mean()

    assert 0.85 < contracted < 1
    assert 50 < (contracts["deal_id"] == UNKNOWN).sum() < 150
    assert 10 < (contracts["cost"] == UNKNOWN).sum() < 60


def test_the_last_quarter_carries_most_of_the_year(company: Company) -> None:
    targets = on_day(columns_of(company, "targets"), AS_OF)
    whole = (targets["unit_id"] == 1) & (targets["measure_id"] == 1) & (targets["ym"] // 12 == ym_of(AS_OF) // 12)
    months = targets["amount"][whole][np.argsort(targets["ym"][whole])]

    assert months[9:].sum() > months[:3].sum() * 2
    assert months.argmin() == 1, "February has Spring Festival"


def test_lost_deals_say_why_and_open_ones_what_comes_next(company: Company) -> None:
    deals = company.frames["deals"]
    rows = zip(
        deals.columns["to_day"],
        deals.columns["state"],
        deals.labels["lost_reason"],
        deals.labels["next_step"],
        strict=True,
    )

    for until, state, reason, step in rows:
        if until == FAR_DAY:
            assert (bool(reason), bool(step)) == (state == 2, state == 0)


def test_losses_have_more_than_one_reason_and_reviews_find_others(company: Company) -> None:
    deals = on_day(columns_of(company, "deals"), AS_OF)
    lost = deals["state"] == 2
    told, found = deals["loss_reason_id"][lost], deals["verified_reason_id"][lost]
    shares = np.sort(np.bincount(told)[1:] / lost.sum())
    reviewed = found != UNKNOWN

    assert 0.2 < shares[-1] < 0.4 and (shares > 0.03).sum() >= 6
    assert 0.5 < reviewed.mean() < 0.8
    assert 0.2 < (told != found)[reviewed].mean() < 0.5


def test_leavers_keep_the_last_home_and_own_nothing_open(company: Company) -> None:
    people, deals = columns_of(company, "people"), on_day(columns_of(company, "deals"), AS_OF)
    gone = people["person_id"][people["left"] == 1]
    role_ends = {
        int(one): int(end)
        for one, end in zip(*(columns_of(company, "roles")[name] for name in ("person_id", "to_day")), strict=True)
    }
    ever = set(columns_of(company, "deals")["owner_id"].tolist())

    assert len(gone) == 10
    assert not set(deals["owner_id"][deals["state"] == 0].tolist()) & set(gone.tolist())
    assert len(set(gone.tolist()) & ever) == 8, "deals were given away before the last day"
    assert [role_ends[one] for one in gone.tolist()] == people["from_day"][people["left"] == 1].tolist()
    assert (homes(company, gone, np.full(len(gone), AS_OF)) > 0).all()


def test_reps_who_moved_this_year_took_the_remaining_target_along(company: Company) -> None:
    assigned, now = columns_of(company, "assignments"), on_day(columns_of(company, "targets"), AS_OF)
    reps = set(now["person_id"].tolist())
    moved = assigned["person_id"][assigned["from_day"] > day_of(date(2026, 1, 20))]
    mine = (now["ym"] // 12 == 2026) & (now["amount"] != UNKNOWN)

    assert len(assigned["person_id"][assigned["from_day"] > FIRST_DAY]) == 11
    for person in sorted(set(moved.tolist()) & reps):
        cells = mine & (now["person_id"] == person)
        assert len(np.unique(now["unit_id"][cells])) == 2
        assert len(np.unique(now["ym"][cells])) == cells.sum() == 12, "each month stands at one home"


def test_a_region_and_a_group_were_founded_one_group_was_closed_and_four_offices_moved(company: Company) -> None:
    units = columns_of(company, "units")
    closed = units["unit_id"][units["closed"] == 1]
    parents = {tuple(pair) for pair in np.column_stack([units["unit_id"], units["parent_id"]]).tolist()}
    at_home = on_day(columns_of(company, "assignments"), AS_OF)["unit_id"]
    order = np.unique(units["unit_id"], return_index=True)[1]

    assert (units["from_day"][order] == day_of(date(2025, 1, 1))).sum() == 2
    assert len(closed) == 1
    assert closed[0] not in at_home
    assert len(parents) == len(np.unique(units["unit_id"])) + 4


def test_people_joined_in_each_of_the_three_years(company: Company) -> None:
    people = columns_of(company, "people")
    joined = people["from_day"][(people["from_day"] > FIRST_DAY) & (people["left"] == 0)]

    assert len(joined) == 21
    assert set((ym_of(joined) // 12).tolist()) == {2024, 2025, 2026}


def test_a_target_changed_in_the_year_is_still_seen_as_it_was(company: Company) -> None:
    targets = columns_of(company, "targets")
    top = (targets["unit_id"] == 1) & (targets["measure_id"] == 1)
    before, after = day_of(date(2026, 6, 30)), day_of(date(2026, 7, 1))
    december = top & (targets["ym"] == ym_of(AS_OF) + 1)
    old = targets["amount"][december & (targets["from_day"] <= before) & (before < targets["to_day"])]
    new = targets["amount"][december & (targets["from_day"] <= after) & (after < targets["to_day"])]

    assert 0 < old[0] < new[0]


def test_a_manager_of_another_region_is_granted_one_open_deal(company: Company) -> None:
    grants, deals = columns_of(company, "grants"), on_day(columns_of(company, "deals"), AS_OF)
    roles, tree = columns_of(company, "roles"), tree_on(company, AS_OF)
    deal = grants["object_id"][0] - 1
    home = int(homes(company, deals["owner_id"][deal : deal + 1], np.array([AS_OF]))[0])
    over = roles["unit_id"][(roles["person_id"] == grants["person_id"][0]) & (roles["role"] == MANAGER)]

    assert len(grants["object_id"]) == 1
    assert deals["state"][deal] == 0
    assert not tree.is_under(home, int(over[0]))


def test_a_rare_character_stands_in_a_customers_name(company: Company) -> None:
    assert sum("𠮷" in name for name in company.frames["customers"].labels["name"]) == 1


@pytest.mark.parametrize("deals", [None, 2_000])
def test_one_person_of_each_role_can_sign_in(deals: int | None) -> None:
    company = generate(1, AUTUMN, deals)
    people, roles = company.frames["people"], on_day(columns_of(company, "roles"), AS_OF)
    number = dict(zip(people.labels["code"], people.columns["person_id"], strict=True))

    found = sign_in_people(company)

    assert [role for role, _ in found][:5] == ["rep", "manager", "sales_ops", "executive", "admin"]
    held = set(zip(roles["person_id"].tolist(), roles["role"].tolist(), strict=True))
    assert {(number[code], ROLE_NUMBER[role]) for role, code in found} <= held


def test_the_demo_knows_how_long_each_default_stage_takes() -> None:
    _, stages = default_stages()

    assert list(stages.columns["state"]).count(0) == len(STAGE_LENGTHS)


def test_a_large_company_grows_in_people_and_units_and_keeps_its_versions_per_deal() -> None:
    company = generate(7, AUTUMN, 20_000)
    deals = columns_of(company, "deals")["deal_id"]

    assert len(np.unique(deals)) == 20_000
    assert 4.4 < len(deals) / 20_000 < 5.4
    assert 250 < len(np.unique(columns_of(company, "people")["person_id"])) < 450
    assert 41 < len(np.unique(columns_of(company, "units")["unit_id"])) < 80


def test_a_large_company_is_the_same_company_with_more_beside(company: Company) -> None:
    large = generate(1, AUTUMN, 20_000)

    for name in ("units", "people", "customers"):
        known, there = (
            set(zip(one.frames[name].labels["name"], one.frames[name].labels["code"], strict=True))
            for one in (company, large)
        )
        names = {text for text, _ in known}
        assert names < {text for text, _ in there}
        assert name == "customers" or known < there


@pytest.mark.slow
def test_a_million_deals_take_less_than_three_gigabytes() -> None:
    program = (
        "import resource; from datetime import date; from dacheng.demo import generate;"
        " company = generate(7, date(2026, 11, 21), 1_000_000);"
        " print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, len(company.frames['deals']))"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert float(told[0]) < 3
    assert 4_400_000 < int(told[1]) < 5_400_000
