"""What happens in a random organisation where the viewer does not look: any action, on anything outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from hypothesis import strategies as st

from dacheng.core.access import MANAGER, REP
from dacheng.core.errors import DachengError
from dacheng.core.period import FAR_DAY, ym_at
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.report_jobs import ask_export, asked_export
from dacheng.store.actions import (
    accounts,
    contacts,
    contracts,
    customers,
    deals,
    engagements,
    key_people,
    merges,
    org,
    people,
    rights,
    targets,
    transfers,
    undo,
    views,
)
from dacheng.store.actions.contracts import Line
from dacheng.store.actions.merges import Merging
from dacheng.store.actions.targets import Cell
from dacheng.store.handing import Ways
from tests.proofs import organisations, world
from tests.proofs.organisations import DAYS, ELSEWHERE, SOMEBODY, Outside
from tests.proofs.world import Work, uid, viewer

BEGINS, A_WHILE = datetime(2026, 8, 19, 1, tzinfo=UTC), timedelta(seconds=10)
TRIES = 4


@dataclass(frozen=True)
class Step:
    """One thing that is done: its kind, which of the possible things it is done to, how much, on what day."""

    kind: str
    which: int
    other: int
    fen: int
    day: int


class Stirring(Work):
    """Does steps one after the other; what a rule refuses is left undone.

    Args:
        done: kind -> how often it took effect.
    """

    def __init__(self, outside: Outside) -> None:
        super().__init__(BEGINS)
        self.outside, self.of = outside, outside.of
        self.deals, self.people, self.unnamed = list(outside.deals), list(outside.people), list(outside.unnamed_deals)
        self.contracts, self.customers = list(outside.contracts), list(outside.customers)
        self.free, self.made = outside.free_units(), 0
        self.done: Counter[str] = Counter()
        self.step = Step("", 0, 0, 0, 0)

    def later(self) -> dict[str, Any]:
        """Return who acts and when: a little later."""
        self.at += A_WHILE
        return {"actor": world.SYSTEM, "at": self.at}

    def take(self, step: Step) -> None:
        """Do one step; where a rule refuses it, to the next of what it could be done to."""
        for further in range(TRIES):
            self.step = replace(step, which=step.which + further, other=step.other + 3 * further)
            try:
                done = KINDS[step.kind](self)
            except (DachengError, ObjectDoesNotExist, Nothing):
                continue
            self.done[step.kind] += done is not False
            return

    def one_of(self, codes: Sequence[str], which: int | None = None) -> str:
        """Return one of some codes."""
        if not codes:
            raise Nothing
        return codes[(self.step.which if which is None else which) % len(codes)]

    def another(self, codes: Sequence[str]) -> str:
        """Return one of some codes, chosen by the other number."""
        return self.one_of(codes, self.step.other)

    def new(self, letter: str) -> str:
        """Return a code that nothing has yet."""
        self.made += 1
        return f"N{letter}{self.made}"

    @property
    def on(self) -> int | None:
        """Return the day of the step; every third is of today."""
        return None if self.step.which % 3 == 0 else self.step.day


class Nothing(Exception):
    """There is nothing that a step could be done to."""


def amount_edited(work: Stirring) -> None:
    work.edit(work.one_of(work.deals), on=work.on, amount=work.step.fen)


def words_edited(work: Stirring) -> None:
    work.edit(work.one_of(work.unnamed), name=f"改名{work.step.fen}", next_step="约见")


def date_pushed(work: Stirring) -> None:
    work.edit(work.one_of(work.deals), on=work.on, expected_day=work.step.day + 90)


def deal_created(work: Stirring) -> None:
    """Any customer may be sold to, those of the viewer too."""
    code, customer = work.new("D"), work.another(work.of.codes("customers"))
    work.create_deal(code, work.one_of(work.people), customer, work.step.fen, on=work.on)
    work.deals.append(code)
    work.unnamed.append(code)


def deal_moved(work: Stirring) -> None:
    stage = uid("stages", work.another(organisations.STAGES[:4]))
    deals.move_stage(**work.later(), uid=uid("deals", work.one_of(work.deals)), stage=stage, version=None, on=work.on)


def deal_won(work: Stirring) -> None:
    which = uid("deals", work.one_of(work.deals))
    deals.close_deal(**work.later(), uid=which, outcome="won", version=None, amount=work.step.fen, on=work.on)


def deal_lost(work: Stirring) -> None:
    which, category = uid("deals", work.one_of(work.deals)), uid("loss_reasons", "price")
    deals.close_deal(**work.later(), uid=which, outcome="lost", version=None, reason="价格", category=category)


def deal_handed_over(work: Stirring) -> None:
    to = uid("people", work.another(work.people))
    deals.reassign_deals(**work.later(), uids=[uid("deals", work.one_of(work.deals))], to=to, on=work.on)


def contract_recorded(work: Stirring) -> None:
    code, customer = work.new("C"), work.another(work.of.codes("customers"))
    work.contract(code, work.one_of(work.people), customer, (work.step.fen,), work.step.day)
    work.contracts.append(code)


def contract_edited(work: Stirring) -> None:
    which, lines = uid("contracts", work.one_of(work.contracts)), [Line(work.step.fen)]
    contracts.edit_contract(**work.later(), uid=which, values={"name": "改过"}, version=None, lines=lines)


def customer_created(work: Stirring) -> None:
    code = work.new("K")
    customers.create_customer(**work.later(), values={"code": code, "name": f"新客户{code}"})
    work.customers.append(code)


def customer_edited(work: Stirring) -> None:
    which = uid("customers", work.one_of(work.customers))
    customers.edit_customer(**work.later(), uid=which, values={"name": "改名客户", "region": "南"}, version=None)


def contact_created(work: Stirring) -> None:
    """Of a customer that is not the viewer's."""
    code, customer = work.new("L"), uid("customers", work.one_of(work.customers))
    values = {"code": code, "name": f"联系人{code}", "customer_id": customer, "phone": "13900008888"}
    made = contacts.create_contact(**work.later(), values=values)
    contacts.edit_contact(**work.later(), uid=made.uid, values={"email": "l@example.com", "part": 2}, version=1)


def key_person_set(work: Stirring) -> None:
    """Of an opportunity that is not the viewer's; its customer, and so the contact, may be his as well."""
    code = work.one_of(work.deals)
    met = organisations.contact_of(work.of, world.code_of("customers", world.record("deals", code).customer_id))
    if not met:
        raise Nothing
    about = {"deal": uid("deals", code), "contact": uid("contacts", met), "version": None, "on": work.on}
    key_people.set_key_person(**work.later(), **about, part=1 + work.step.other % 5)


def target_set(work: Stirring) -> None:
    """Units above the viewer's are not his either; a person's target is of a unit and so not his there."""
    person = work.another(["", *work.people])
    holder, unit = uid("people", person) if person else None, uid("units", work.one_of(work.outside.units))
    month = ym_at(2026, 1 + work.step.other % 12)
    cell = Cell(unit, holder, uid("measures", work.one_of(organisations.MEASURES)), month, work.step.fen)
    targets.set_targets(**work.later(), cells=[cell], on=work.on)


def person_joined(work: Stirring) -> None:
    code, home = work.new("P"), uid("units", work.one_of([*work.free, ELSEWHERE]))
    people.create_person(**work.later(), values={"code": code, "name": f"新人{code}"}, home=home, on=work.on)
    work.people.append(code)


def person_renamed(work: Stirring) -> None:
    which = uid("people", work.one_of(work.outside.strangers))
    people.edit_person(**work.later(), uid=which, values={"name": "改名的人", "email": "x@example.com"}, version=None)


def person_moved(work: Stirring) -> None:
    who, unit = uid("people", work.one_of(work.people)), uid("units", work.another(work.outside.units))
    people.move_person(**work.later(), uid=who, unit=unit, on=work.on)


def person_transferred(work: Stirring) -> None:
    who, unit = uid("people", work.one_of(work.people)), uid("units", work.another(work.outside.units))
    transfers.transfer_person(**work.later(), uid=who, unit=unit, ways=Ways(), version=None, on=work.on)


def engagement_started(work: Stirring) -> bool:
    """Somebody elsewhere works in another unit elsewhere, for a month or without an end."""
    who, host = uid("people", work.one_of(work.people)), uid("units", work.another(work.outside.units))
    kind, until = 1 + work.step.fen % 2, work.step.day + 30 if work.step.other % 3 == 0 else FAR_DAY
    share = {"share_bp": 100 + work.step.fen % 4_000, "reason": "支援", "until": until}
    work.later()
    return engagements.start_engagement(
        actor=world.SYSTEM, at=work.at, person=who, host=host, kind=kind, on=work.step.day, **share
    )


def engagement_ended(work: Stirring) -> bool:
    engagement_started(work)
    who, host = uid("people", work.one_of(work.people)), uid("units", work.another(work.outside.units))
    kind, day = 1 + work.step.fen % 2, work.step.day + 10
    return engagements.end_engagement(**work.later(), person=who, host=host, kind=kind, on=day)


def person_left(work: Stirring) -> None:
    who = work.one_of(work.outside.strangers)
    people.mark_left(**work.later(), uid=uid("people", who), version=None, on=work.on)
    work.people.remove(who)


def unit_created(work: Stirring) -> None:
    code, parent = work.new("U"), uid("units", work.one_of([*work.free, ELSEWHERE]))
    org.create_unit(**work.later(), name=f"新组{code}", parent=parent, code=code, on=work.on)
    work.free.append(code)


def unit_renamed(work: Stirring) -> None:
    which = uid("units", work.one_of(work.free))
    org.edit_unit(**work.later(), uid=which, values={"name": "改名的组"}, version=None)


def unit_moved(work: Stirring) -> None:
    which, parent = uid("units", work.one_of(work.free)), uid("units", work.another([*work.free, ELSEWHERE]))
    org.move_unit(**work.later(), uid=which, parent=parent, version=None, on=work.on)


def unit_closed(work: Stirring) -> None:
    code, to = work.one_of(work.free), uid("units", ELSEWHERE)
    closed = {"version": None, "on": work.on, "people_to": to, "units_to": to}
    org.close_unit(**work.later(), uid=uid("units", code), **closed)
    work.free.remove(code)


def role_granted(work: Stirring) -> bool:
    who, unit = uid("people", work.one_of(work.people)), uid("units", work.another(work.outside.units))
    role = (REP, MANAGER)[work.step.fen % 2]
    return rights.grant_role(**work.later(), person=who, role=role, unit=unit, on=work.on)


def role_ended(work: Stirring) -> bool:
    held = [row for row in work.of.rows["roles"] if row["person"] in work.people]
    row = held[int(work.one_of([str(at) for at in range(len(held))]))]
    role = organisations.ROLE_NUMBER[row["role"]]
    who, unit = uid("people", row["person"]), uid("units", row["unit"])
    return rights.revoke_role(**work.later(), person=who, role=role, unit=unit, on=work.on)


def grant_given(work: Stirring) -> bool:
    """Others may come to see anything, what is the viewer's too."""
    who, every = uid("people", work.one_of(work.people)), [*work.of.codes("deals"), *work.deals]
    which = uid("deals", work.another(every))
    return rights.give_grant(**work.later(), person=who, relation="deals", uid=which, reason="联合投标")


def view_shared(work: Stirring) -> None:
    """Who has come to look after a unit shares a view with it."""
    code, unit = work.one_of(work.people), work.one_of(work.free)
    rights.grant_role(**work.later(), person=uid("people", code), role=MANAGER, unit=uid("units", unit))
    values = {"report": "deals/list", "name": work.new("V"), "query": "sort=amount"}
    work.later()
    views.save_view(actor=viewer(code), at=work.at, unit_id=world.number("units", unit), **values)


def export_asked(work: Stirring) -> None:
    work.later()
    who = viewer(work.one_of(work.people))
    book = open_database(who, at=work.at)
    ask_export(who, work.at, asked_export(book, "deals/list", "csv", {}, (), None), "zh-hans")


def account_opened(work: Stirring) -> None:
    accounts.invite_person(**work.later(), uid=uid("people", work.one_of(work.people)))


def files_imported(work: Stirring) -> UUID | None:
    customer, deal = work.new("K"), work.new("D")
    files = {
        "customers": f"客户编号,客户名称,行业\n{customer},进口客户{customer},制造\n",
        "deals": "商机编号,商机名称,负责人,客户,商机阶段,商机金额,预计成交日期\n"
        f"{deal},进口商机,{SOMEBODY},{customer},需求确认,12.34万,2026-11-30\n",
    }
    found = work.bring(files)
    work.deals.append(deal)
    work.unnamed.append(deal)
    work.customers.append(customer)
    return found


def import_undone(work: Stirring) -> None:
    found = work.bring({"customers": f"客户编号,客户名称,行业\n{work.new('K')},白来一趟,制造\n"})
    work.later()
    imports.undo(world.SYSTEM, work.at, str(found))


def deals_merged(work: Stirring) -> None:
    goes, stays = (uid("deals", code) for code in (work.one_of(work.unnamed), work.another(work.unnamed)))
    merges.merge_deals(**work.later(), merging=Merging(goes=goes, stays=stays, taken=("amount",)))


def customers_merged(work: Stirring) -> None:
    """Two that are not the viewer's, made for it, so that he loses none that he meets."""
    pair = [work.new("K"), work.new("K")]
    for code in pair:
        customers.create_customer(**work.later(), values={"code": code, "name": "重复的客户"})
    goes, stays = (uid("customers", code) for code in pair)
    merges.merge_customers(**work.later(), merging=Merging(goes=goes, stays=stays))


def edit_undone(work: Stirring) -> None:
    amount_edited(work)
    entry = undo.entry_written(world.SYSTEM, work.at)
    undo.undo_edit(**work.later(), entry=entry)


KINDS: dict[str, Callable[[Stirring], object]] = {
    step.__name__: step
    for step in (
        amount_edited, words_edited, date_pushed, deal_created, deal_moved, deal_won, deal_lost, deal_handed_over,
        contract_recorded, contract_edited, customer_created, customer_edited, contact_created, key_person_set,
        target_set,
        person_joined, person_renamed, person_moved, person_transferred,
        engagement_started, engagement_ended, person_left, unit_created, unit_renamed,
        unit_moved, unit_closed, role_granted, role_ended, grant_given, view_shared, export_asked, account_opened,
        files_imported, import_undone, edit_undone, deals_merged, customers_merged,
    )
}  # fmt: skip

NUMBERS = st.integers(0, 59)


@st.composite
def stirrings(draw: st.DrawFn) -> list[Step]:
    """Draw steps in any order: each kind once, so that none is left untried."""
    kinds = draw(st.permutations(sorted(KINDS)))
    return [Step(kind, draw(NUMBERS), draw(NUMBERS), draw(st.integers(1, 9_999_999_99)), draw(DAYS)) for kind in kinds]


def stir(outside: Outside, steps: Sequence[Step]) -> Counter[str]:
    """Do all the steps; return kind -> how often it took effect."""
    work = Stirring(outside)
    for step in steps:
        work.take(step)
    assert work.at < world.NOW
    return work.done


__all__ = ["KINDS", "Step", "stir", "stirrings"]
