"""Laws that hold for every generated company: the curated one and a large one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from dacheng.core.company import Company
from dacheng.core.deals.deriving import derive_deal
from dacheng.core.deals.schema import DEALS
from dacheng.core.facts import Version
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of
from dacheng.core.schema import INTERVAL, RELATIONS
from dacheng.demo import generate
from tests.demo.rows import AUTUMN, UNKNOWN, columns_of, contracts_of, fingerprint, homes, on_day, tree_on

AS_OF = day_of(AUTUMN)
LARGE = 20_000
EDGE_DAYS = (date(2026, 1, 1), date(2027, 2, 28), date(2028, 2, 29), date(2026, 12, 31), date(2026, 10, 4))


@pytest.fixture(scope="module", params=[None, LARGE], ids=["curated", "large"])
def company(request: pytest.FixtureRequest) -> Company:
    return generate(7, AUTUMN, request.param)


def test_every_frame_has_the_columns_and_labels_of_its_relation(company: Company) -> None:
    for name, frame in company.frames.items():
        relation = RELATIONS[name]

        assert set(frame.columns) == {column.name for column in relation.facts} | set(INTERVAL)
        assert {one.name for one in relation.labels if one.default is None} <= set(frame.labels)
        assert {len(values) for values in (*frame.columns.values(), *frame.labels.values())} == {len(frame)}


def test_every_value_is_in_range_and_only_nullable_columns_miss_one(company: Company) -> None:
    for name, frame in company.frames.items():
        for column in RELATIONS[name].facts:
            listed = np.asarray(frame.columns[column.name], dtype=object)
            known = listed[~np.equal(listed, None).astype(bool)].astype(np.int64)

            assert column.nullable or len(known) == len(listed), f"{name}.{column.name}"
            assert np.abs(known).max(initial=0) <= column.limit, f"{name}.{column.name}"
            allowed = {number for number, _, _ in column.choices}
            assert not allowed or set(known.tolist()) <= allowed, f"{name}.{column.name}"


def test_every_reference_points_to_something(company: Company) -> None:
    ids = {
        name: set(columns_of(company, name)[relation.key[0]].tolist()) | {0, UNKNOWN}
        for name, relation in RELATIONS.items()
        if relation.entity
    }

    for name in company.frames:
        for column in RELATIONS[name].facts:
            if column.kind == "ref":
                assert set(columns_of(company, name)[column.name].tolist()) <= ids[column.ref], f"{name}.{column.name}"


def test_ids_count_from_one_without_a_gap(company: Company) -> None:
    for name, relation in RELATIONS.items():
        if relation.entity:
            found = np.unique(columns_of(company, name)[relation.key[0]])

            assert found.tolist() == list(range(1, len(found) + 1)), name


def test_versions_of_a_key_never_overlap_and_none_is_empty(company: Company) -> None:
    for name in company.frames:
        columns = columns_of(company, name)
        key = [columns[one] for one in RELATIONS[name].key]
        order = np.lexsort((columns["from_day"], *reversed(key)))
        same = np.all([one[order][1:] == one[order][:-1] for one in key], axis=0)

        assert (columns["from_day"] < columns["to_day"]).all(), name
        assert (columns["to_day"][order][:-1] <= columns["from_day"][order][1:])[same].all(), name


def test_no_fact_is_later_than_the_day(company: Company) -> None:
    for name in set(company.frames) - {"calendar"}:
        assert columns_of(company, name)["from_day"].max(initial=0) <= AS_OF, name

    deals, contracts = columns_of(company, "deals"), contracts_of(company)
    closed = deals["closed_day"][deals["closed_day"] < FAR_DAY]
    for days in (closed, deals["created_day"], deals["stage_day"], contracts["signed_day"], contracts["posted_day"]):
        assert days.max() <= AS_OF


def test_everybody_has_one_home_on_every_day(company: Company) -> None:
    assigned = columns_of(company, "assignments")
    order = np.lexsort((assigned["from_day"], assigned["person_id"]))
    person, begins, ends = (assigned[name][order] for name in ("person_id", "from_day", "to_day"))
    first = np.append(True, person[1:] != person[:-1])
    last = np.append(first[1:], True)

    assert set(person.tolist()) == set(columns_of(company, "people")["person_id"].tolist())
    assert (begins[first] == FIRST_DAY).all()
    assert (ends[last] == FAR_DAY).all()
    assert (begins[1:] == ends[:-1])[~first[1:]].all()


def test_the_units_are_one_tree_on_every_day_and_homes_are_in_it(company: Company) -> None:
    changes = np.unique(np.concatenate([columns_of(company, name)["from_day"] for name in ("units", "assignments")]))

    for day in (*changes.tolist(), AS_OF):
        at_home = on_day(columns_of(company, "assignments"), day)["unit_id"]

        assert (tree_on(company, day).position_of(at_home) >= 0).all()


def test_a_deal_is_known_without_a_gap_from_its_creation_on(company: Company) -> None:
    deals = columns_of(company, "deals")
    first = np.append(True, deals["deal_id"][1:] != deals["deal_id"][:-1])
    last = np.append(first[1:], True)

    assert (deals["from_day"][first] == deals["created_day"][first]).all()
    assert (deals["to_day"][last] == FAR_DAY).all()
    assert (deals["to_day"][:-1] == deals["from_day"][1:])[~last[:-1]].all()


def test_derived_columns_of_deals_are_what_the_history_says(company: Company) -> None:
    deals, stages = company.frames["deals"].columns, columns_of(company, "stages")
    state = dict(zip(stages["stage_id"].tolist(), stages["state"].tolist(), strict=True))
    names = [column.name for column in DEALS.values]
    rows = zip(*(np.asarray(deals[name], dtype=object)[:8000].tolist() for name in names), strict=True)
    histories: dict[int, list[Version]] = {}
    for deal, begins, ends, row in zip(deals["deal_id"], deals["from_day"], deals["to_day"], rows, strict=False):
        histories.setdefault(int(deal), []).append(Version(int(begins), int(ends), tuple(row)))

    for versions in list(histories.values())[:-1]:
        assert derive_deal(versions, state) == versions


def test_every_version_of_a_deal_says_something_new(company: Company) -> None:
    deals = columns_of(company, "deals")
    told = [deals[column.name] for column in DEALS.values]
    same_deal = deals["deal_id"][1:] == deals["deal_id"][:-1]
    same = np.all([values[1:] == values[:-1] for values in told], axis=0) & same_deal

    assert not same.any()


def test_a_deal_is_owned_by_somebody_who_is_there(company: Company) -> None:
    deals, people = columns_of(company, "deals"), columns_of(company, "people")
    joined = np.full(people["person_id"].max() + 1, FAR_DAY)
    np.minimum.at(joined, people["person_id"], people["from_day"])
    left = np.full(len(joined), FAR_DAY)
    left[people["person_id"][people["left"] == 1]] = people["from_day"][people["left"] == 1]
    worked_on = deals["state"] == 0

    assert (deals["from_day"] >= joined[deals["owner_id"]]).all()
    assert (deals["to_day"] <= left[deals["owner_id"]])[worked_on].all()


def test_a_won_deal_has_a_contract_exactly_from_the_contracts_first_day(company: Company) -> None:
    deals, contracts = columns_of(company, "deals"), contracts_of(company)
    begins = np.full(deals["deal_id"].max() + 1, FAR_DAY)
    linked = contracts["deal_id"] != UNKNOWN
    begins[contracts["deal_id"][linked]] = contracts["effective_day"][linked]

    assert ((deals["from_day"] >= begins[deals["deal_id"]]) == (deals["contracted"] == 1)).all()
    assert (deals["state"][deals["contracted"] == 1] == 1).all()
    assert linked.sum() == len(np.unique(contracts["deal_id"][linked])), "one contract a deal"


def test_a_contract_is_the_sum_of_its_lines_and_posts_when_it_takes_effect(company: Company) -> None:
    contracts, lines = contracts_of(company), columns_of(company, "contract_lines")
    of = lines["contract_id"]

    for name in ("amount", "amount_ex"):
        sums = np.zeros(len(contracts["contract_id"]) + 1, dtype=np.int64)
        np.add.at(sums, of, lines[name])
        assert (sums[1:] == contracts[name]).all()
    costs = np.zeros(len(contracts["contract_id"]) + 1, dtype=np.int64)
    np.add.at(costs, of, lines["cost"])
    assert (costs[1:] == contracts["cost"])[contracts["cost"] != UNKNOWN].all()
    assert (lines["cost"][contracts["cost"][of - 1] == UNKNOWN] == UNKNOWN).all()
    assert (lines["owner_id"] == contracts["owner_id"][of - 1]).all()
    assert (lines["effective_day"] == contracts["effective_day"][of - 1]).all()
    assert (contracts["posted_day"] == contracts["effective_day"]).all()
    assert (contracts["signed_day"] <= contracts["effective_day"]).all()
    assert (lines["amount"] > 0).all()


def test_the_contract_belongs_to_the_owner_and_customer_of_its_deal(company: Company) -> None:
    deals, contracts = on_day(columns_of(company, "deals"), AS_OF), contracts_of(company)
    linked = contracts["deal_id"] != UNKNOWN
    at = contracts["deal_id"][linked] - 1

    assert (deals["owner_id"][at] == contracts["owner_id"][linked]).all()
    assert (deals["customer_id"][at] == contracts["customer_id"][linked]).all()
    assert (deals["closed_day"][at] == contracts["signed_day"][linked]).all()


def test_targets_of_units_and_people_add_up_to_the_unit_above_on_every_day(company: Company) -> None:
    targets = columns_of(company, "targets")

    for day in np.unique(targets["from_day"]).tolist():
        now = on_day(targets, day)
        units = on_day(columns_of(company, "units"), day)
        parent = dict(zip(units["unit_id"].tolist(), units["parent_id"].tolist(), strict=True))
        own: dict[tuple[int, int, int], int] = {}
        below: dict[tuple[int, int, int], int] = {}
        for unit, person, measure, ym, amount in zip(
            *(now[name].tolist() for name in ("unit_id", "person_id", "measure_id", "ym", "amount")), strict=True
        ):
            if not person:
                own[unit, measure, ym] = max(amount, 0)
            above = unit if person else parent[unit]
            below[above, measure, ym] = below.get((above, measure, ym), 0) + max(amount, 0)

        assert below
        for (unit, measure, ym), total in below.items():
            assert unit == 0 or own[unit, measure, ym] == total, f"unit {unit}, measure {measure}, {ym}, day {day}"


def test_each_years_targets_were_agreed_in_january_and_changed_later(company: Company) -> None:
    targets = columns_of(company, "targets")

    assert len(np.unique(targets["ym"])) == 36
    for year in (2024, 2025, 2026):
        days = targets["from_day"][targets["ym"] // 12 == year]
        assert day_of(date(year, 1, 1)) <= days.min() < day_of(date(year, 2, 1))
        assert len(np.unique(days)) > 3


def test_the_year_of_a_selling_unit_is_agreed_in_whole_tens_of_ten_thousand_yuan(company: Company) -> None:
    targets = columns_of(company, "targets")
    targets = {name: values[targets["ym"] // 12 == AUTUMN.year] for name, values in targets.items()}
    agreed = on_day(targets, int(targets["from_day"].min()))
    sells = np.isin(agreed["unit_id"], np.unique(agreed["unit_id"][agreed["person_id"] > 0]))
    mine = sells & (agreed["person_id"] == 0) & (agreed["measure_id"] == 1)
    year = np.bincount(agreed["unit_id"][mine], agreed["amount"][mine])

    assert year.sum() > 0
    assert (year % 10_000_000 == 0).all()


def test_people_who_move_leave_or_join_do_not_change_the_companys_target(company: Company) -> None:
    targets = columns_of(company, "targets")
    top, year = targets["unit_id"] == 1, targets["ym"] // 12

    for one in (2024, 2025, 2026):
        days = targets["from_day"][year == one]
        assert set(targets["from_day"][top & (year == one)].tolist()) == {days.min(), day_of(date(one, 7, 1))}
        assert len(np.unique(days)) > 2


def test_a_persons_target_stands_at_a_home_of_his(company: Company) -> None:
    targets = columns_of(company, "targets")
    personal = targets["person_id"] > 0
    person, unit = targets["person_id"][personal], targets["unit_id"][personal]
    assigned = columns_of(company, "assignments")
    homes_of = set(zip(assigned["person_id"].tolist(), assigned["unit_id"].tolist(), strict=True))

    assert set(zip(person.tolist(), unit.tolist(), strict=True)) <= homes_of


def test_customers_are_served_from_the_unit_of_the_first_owner(company: Company) -> None:
    deals = columns_of(company, "deals")
    first = np.append(True, deals["deal_id"][1:] != deals["deal_id"][:-1])
    home = homes(company, deals["owner_id"][first], deals["created_day"][first])
    pairs = np.unique(np.column_stack([deals["customer_id"][first], home]), axis=0)

    assert len(np.unique(pairs[:, 0])) == len(pairs), "one unit a customer"


def test_names_are_unique(company: Company) -> None:
    for name in ("units", "people", "customers", "products", "stages"):
        frame = company.frames[name]
        key = RELATIONS[name].key[0]
        named = {(one, text) for one, text in zip(frame.columns[key], frame.labels["name"], strict=True)}

        assert len({text for _, text in named}) == len(named), name


def test_the_projects_of_a_customer_have_different_names(company: Company) -> None:
    deals = company.frames["deals"]
    rows = zip(deals.columns["deal_id"], deals.columns["customer_id"], deals.labels["name"], strict=True)
    named = {(deal, customer, text) for deal, customer, text in rows}

    assert len({(customer, text) for _, customer, text in named}) >= len(named) * 0.999


def test_codes_are_unique_in_every_relation(company: Company) -> None:
    for name, relation in RELATIONS.items():
        if relation.entity:
            frame = company.frames[name]
            pairs = set(zip(frame.columns[relation.key[0]], frame.labels["code"], strict=True))

            assert len({code for _, code in pairs}) == len({one for one, _ in pairs}) == len(pairs), name


@pytest.mark.parametrize("deals", [None, 2_000])
def test_the_same_seed_and_day_give_the_same_bytes(deals: int | None) -> None:
    assert fingerprint(generate(3, AUTUMN, deals)) == fingerprint(generate(3, AUTUMN, deals))


def test_another_seed_or_day_gives_another_company() -> None:
    here = fingerprint(generate(3, AUTUMN))

    assert here != fingerprint(generate(4, AUTUMN))
    assert here != fingerprint(generate(3, date(2026, 11, 20)))


@pytest.mark.parametrize("as_of", EDGE_DAYS)
def test_the_company_is_whole_on_awkward_days(as_of: date) -> None:
    company = generate(7, as_of)
    day = day_of(as_of)

    test_versions_of_a_key_never_overlap_and_none_is_empty(company)
    test_targets_of_units_and_people_add_up_to_the_unit_above_on_every_day(company)
    test_derived_columns_of_deals_are_what_the_history_says(company)
    test_a_deal_is_owned_by_somebody_who_is_there(company)
    test_every_value_is_in_range_and_only_nullable_columns_miss_one(company)
    assert max(columns_of(company, name)["from_day"].max() for name in set(company.frames) - {"calendar"}) <= day
    assert columns_of(company, "targets")["from_day"].min() >= day_of(date(as_of.year - 2, 1, 1))


def test_about_one_deal_of_25_is_shared_with_a_rep_of_another_unit_who_never_owns_it(company: Company) -> None:
    deals, splits = columns_of(company, "deals"), columns_of(company, "deal_splits")
    own = np.full(deals["deal_id"].max() + 1, FAR_DAY)
    np.minimum.at(own, deals["deal_id"][deals["own_bp"] < 10_000], deals["from_day"][deals["own_bp"] < 10_000])
    on_first = np.searchsorted(
        deals["deal_id"] * 10**7 + deals["from_day"], splits["deal_id"] * 10**7 + splits["from_day"]
    )
    owner = deals["owner_id"][on_first]

    assert 0.03 < len(splits["deal_id"]) / deals["deal_id"].max() < 0.05
    assert (own[splits["deal_id"]] == splits["from_day"]).all()
    assert (own < FAR_DAY).sum() == len(splits["deal_id"])
    assert (deals["own_bp"][on_first] + splits["share_bp"] == 10_000).all()
    assert (homes(company, owner, splits["from_day"]) != homes(company, splits["person_id"], splits["from_day"])).all()
    owned = set(zip(deals["deal_id"].tolist(), deals["owner_id"].tolist(), strict=True))
    assert owned.isdisjoint(zip(splits["deal_id"].tolist(), splits["person_id"].tolist(), strict=True))
