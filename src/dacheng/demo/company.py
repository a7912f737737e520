"""One invented Chinese company, whole: the same seed and day always give the same company."""

from __future__ import annotations

from datetime import date

import numpy as np

from dacheng.core.access import ROLE_NUMBER
from dacheng.core.arrays import IntArray
from dacheng.core.company import Company, Frame
from dacheng.core.deals.schema import OPEN
from dacheng.core.org.schema import GRANTED
from dacheng.core.period import FAR_DAY, FIRST_DAY, MONTHS_PER_YEAR, day_of, ym_of
from dacheng.core.rules import DatedRule
from dacheng.core.tree import Tree
from dacheng.demo import vocabulary as words
from dacheng.demo.achieved import done_this_year, postings, yearly_capacity
from dacheng.demo.activity import action_targets_frame, actions_done_frame
from dacheng.demo.budgets import budget_frames
from dacheng.demo.checklists import checklist_frames
from dacheng.demo.contacts import contacts_frame
from dacheng.demo.contracts import Contracts, contract_frames, drawn_contracts
from dacheng.demo.engagements import engagements_frame
from dacheng.demo.estimates import estimate_frames
from dacheng.demo.factors import factor_figures_frame, factors_frame
from dacheng.demo.founding import founded
from dacheng.demo.framing import framed
from dacheng.demo.goals import Cells, Course, Setting, agreed_year, course_of, targets_frame
from dacheng.demo.histories import deal_texts, deals_frame
from dacheng.demo.history import actuals_frame, counted_from, segments_frame
from dacheng.demo.key_people import key_people_frame
from dacheng.demo.lives import CURATED_DEALS
from dacheng.demo.market import (
    Stages,
    always,
    customers_frame,
    drawn_customers,
    price_list,
    products_frame,
    stages_with_standards,
)
from dacheng.demo.money import money_frames
from dacheng.demo.organisation import (
    TOP,
    People,
    Units,
    assignments_frame,
    people_frame,
    person_code,
    roles_frame,
    units_frame,
)
from dacheng.demo.partners import partners_of, sold_on
from dacheng.demo.pipeline import Pipeline, drawn_pipeline
from dacheng.demo.plan_frames import framed_plans, without_plans
from dacheng.demo.plans import Partners, drawn_plans
from dacheng.demo.sharing import splits_frame
from dacheng.demo.strategy import strategy_frames
from dacheng.demo.timeline import YEARS, Timeline, stream
from dacheng.exchange.defaults import default_loss_reasons, default_measures, default_stages
from dacheng.exchange.holidays_cn import CalendarRow, calendar_rows

YEARS_BEFORE, YEARS_AFTER = 3, 2

MARGIN_LAG = 0.95
"""毛利 lags a little behind 合同额: discounts."""

SIGN_IN_ROLES = ("rep", "manager", "sales_ops", "executive", "admin", "finance")


def generate(seed: int, as_of: date, deals: int | None = None) -> Company:
    """Return the invented company as it stands on a day.

    Args:
        as_of: no fact is later; targets of its calendar year and the two before were agreed in January.
        deals: None for the company of about 150 people that the demo shows; more deals make it
            larger, with more groups, people and customers beside those (at least 1,000).
    """
    calendar = calendar_rows(as_of.year - YEARS_BEFORE, as_of.year + YEARS_AFTER)
    timeline = Timeline.until(day_of(as_of), np.array([row.day for row in calendar if row.working]))
    stage_sets, stages = default_stages()
    market = stream(seed, "customers")
    deals = deals or CURATED_DEALS
    units, people = founded(stream(seed, "people"), timeline, deals)
    customers = drawn_customers(market, units, deals)
    products = price_list()
    pipeline = drawn_pipeline(seed, deals, timeline, units, people, customers)
    contracts, lines = drawn_contracts(seed, timeline, people, customers, products, pipeline)
    texts = deal_texts(seed, pipeline, customers)
    contacts = contacts_frame(seed, timeline, len(customers.names))
    courses, roles = _courses(timeline, units, people, pipeline, contracts), roles_frame(people)
    targets = targets_frame(courses)
    heads = contract_frames(contracts, lines, texts)
    signed, _ = postings(pipeline, contracts)
    curated = deals == CURATED_DEALS
    partners = partners_of(units, customers, timeline.as_of) if curated else {}
    frames = {
        "units": units_frame(units),
        "people": people_frame(people),
        "assignments": assignments_frame(people),
        "engagements": engagements_frame(timeline, units, people),
        "roles": roles,
        "grants": _grants_frame(timeline, units, people, pipeline),
        "calendar": _calendar_frame(calendar),
        "customers": customers_frame(customers),
        "contacts": contacts,
        "products": products_frame(products),
        "stage_sets": stage_sets,
        "stages": stages_with_standards(stages),
        "loss_reasons": default_loss_reasons(),
        "deals": deals_frame(seed, pipeline, products, Stages.of(stages), texts),
        "deal_contacts": key_people_frame(seed, timeline, pipeline, contacts),
        "deal_splits": splits_frame(pipeline.sharing),
        **heads,
        **money_frames(seed, timeline, contracts, heads),
        "measures": default_measures(),
        "targets": targets,
        **strategy_frames(timeline, units, people, pipeline),
        "segments": segments_frame(),
        "factors": factors_frame(),
        "factor_figures": factor_figures_frame(seed, timeline, units),
        "actuals": _actuals(seed, timeline, units, people, pipeline, contracts, partners),
        **_plans(*courses[-1], {unit: (one, customers.names[one - 1]) for unit, one in partners.items()}, curated),
        **estimate_frames(timeline, units, pipeline),
        **budget_frames(seed, timeline, units, people, targets, roles, signed),
        "action_targets": action_targets_frame(timeline, people),
        "actions_done": actions_done_frame(seed, timeline, people),
    }
    frames |= checklist_frames(timeline, units, people, frames["plans"])
    return Company(words.COMPANY, "CNY", frames, _own_rules(timeline))


def _own_rules(timeline: Timeline) -> tuple[DatedRule, ...]:
    """Return the company's own rules: from when on its receipts are cash done."""
    year, month = divmod(counted_from(timeline), MONTHS_PER_YEAR)
    return (DatedRule("cash.counted_from", FIRST_DAY, 100 * year + month + 1),)


def _plans(setting: Setting, course: Course, partners: Partners, shown: bool) -> dict[str, Frame]:
    return framed_plans(setting, drawn_plans(setting, course, partners)) if shown else without_plans()


def _courses(
    timeline: Timeline, units: Units, people: People, pipeline: Pipeline, contracts: Contracts
) -> list[tuple[Setting, Course]]:
    """Return the targets of each fiscal year, the running one last."""
    posted = postings(pipeline, contracts)
    years = []
    for back in reversed(range(YEARS)):
        setting = Setting(timeline.fiscal_year(back), timeline.as_of, units, people, Cells.of(people))
        done = np.stack([done_this_year(setting.timeline, units, people, one) for one in posted])
        capacity = np.stack([yearly_capacity(setting.timeline, units, people, one) for one in posted])
        attained = np.stack([units.told[back], units.told[back] * MARGIN_LAG])
        years.append((setting, course_of(setting, agreed_year(setting, done, capacity, attained))))
    return years


def _actuals(
    seed: int,
    timeline: Timeline,
    units: Units,
    people: People,
    pipeline: Pipeline,
    contracts: Contracts,
    partners: dict[int, int],
) -> Frame:
    signed, _ = postings(pipeline, contracts)
    done = done_this_year(timeline.fiscal_year(YEARS - 1), units, people, signed)
    return actuals_frame(seed, timeline, units, done, sold_on(seed, timeline, partners))


def _grants_frame(timeline: Timeline, units: Units, people: People, pipeline: Pipeline) -> Frame:
    """Let the second region's manager see the largest open deal of the first: the project has a site in his region."""
    region = np.flatnonzero(units.parent == TOP) + 1
    manager = int(np.flatnonzero(people.over == region[1])[0]) + 1
    home = people.home_on(pipeline.owners.on(np.full(len(pipeline), timeline.as_of)), timeline.as_of)
    tree = Tree.of(np.arange(1, len(units) + 1), units.parent_on(timeline.as_of))
    mine = (pipeline.lives.closed == FAR_DAY) & tree.is_under(home, int(region[0]))
    deal = int(np.argmax(np.where(mine, pipeline.amounts.worth[:, 0], 0)))
    begins = max(int(pipeline.lives.created[deal]), timeline.month_start(1))
    return framed(
        {
            "person_id": [manager],
            "kind": [GRANTED[0][0]],
            "object_id": [deal + 1],
            "from_day": [begins],
            "to_day": [FAR_DAY],
        }
    )


def _calendar_frame(rows: list[CalendarRow]) -> Frame:
    days = np.array([row.day for row in rows])
    return framed(
        {"day": days, "ym": ym_of(days), "working": [row.working for row in rows], **always(len(rows))},
        source=[row.source for row in rows],
    )


def sign_in_people(company: Company) -> list[tuple[str, str]]:
    """Return (role code, employee number) of one person per role, for the sign-in links.

    The manager is a region's; the rep is the one who owns most open deals today.
    """
    roles = company.frames["roles"].columns
    holds = np.array([roles["person_id"], roles["role"], roles["to_day"]], dtype=np.int64)
    found = []
    for code in SIGN_IN_ROLES:
        people = holds[0, (holds[1] == ROLE_NUMBER[code]) & (holds[2] == FAR_DAY)]
        person = _busiest(company, people) if code == "rep" else people[0]
        found.append((code, person_code(int(person))))
    return found


def _busiest(company: Company, people: IntArray) -> int:
    deals = company.frames["deals"].columns
    now = (np.asarray(deals["to_day"]) == FAR_DAY) & (np.asarray(deals["state"]) == OPEN)
    owned = np.bincount(np.asarray(deals["owner_id"])[now], minlength=int(people.max()) + 1)
    return int(people[np.argmax(owned[people])])
