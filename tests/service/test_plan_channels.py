"""Partners of a plan: target, signed, sell-in, sell-through and the stock they imply; missing is not zero (R057)."""

from __future__ import annotations

from uuid import UUID

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError
from dacheng.core.history.schema import SOLD_ON
from dacheng.core.plans.channels import channel_targets
from dacheng.core.plans.schema import CHANNEL
from dacheng.core.plans.signing import FORMER_LETTER, FROM_BELOW, LETTER
from tests.service.test_plan_parts import AT, opened, plan  # noqa: F401

MARCH, APRIL = 20_543, 20_573
"""2026-03-31 and 2026-04-30."""


@pytest.fixture
def partner(plan: UUID) -> UUID:  # noqa: F811
    """Let 客户1, who bought 300,000 in March 2026, be a partner with 500,000 of 2027, of which he signed 450,000."""
    from dacheng.core.plans.editing import WHOLE_YEAR, Edit
    from dacheng.service.plans import edit_cells, set_row_terms
    from dacheng.store.actions.plan_cells import add_plan_row

    one = opened(plan)[1]
    values = {"kind": CHANNEL, "name": "苏北渠道", "customer_id": str(uid("customers", "c1"))}
    add_plan_row(actor=SYSTEM, at=AT, uid=plan, parent_id=int(one.sheet.tree.unit_ids[0]), values=values)
    one = opened(plan)[1]
    row = int((one.sheet.kind == CHANNEL).argmax())
    edit_cells(SYSTEM, AT, plan, one.sheet.measure_id, [Edit(row, WHOLE_YEAR, 500_000_00)], {})
    set_row_terms(SYSTEM, AT, opened(plan)[1], [(row, WHOLE_YEAR, {"submitted": 450_000_00})])
    return plan


def uid(relation: str, code: str) -> UUID:
    from dacheng.store.identity import stored_uid
    from dacheng.store.models import RECORDS

    return stored_uid(RECORDS[relation].objects.get(code=code).uid)


def sold_on(day: int, amount: int, customer: str = "c1") -> None:
    from dacheng.store.actions.actuals import record_actual

    values = {"unit_id": str(uid("units", "hq")), "measure_id": str(uid("measures", "contract")), "day": day}
    values |= {"amount": amount, "kind": SOLD_ON, "customer_id": str(uid("customers", customer)) if customer else ""}
    record_actual(actor=SYSTEM, at=AT, values=values)


def shown(made: UUID, **asked):
    from dacheng.core.plans.tables import latest_plan

    book = opened(made)[0]
    table = channel_targets(book, plan=latest_plan(book), **asked)
    return table, [{column.name: table.cell(column.name, at) for column in table.columns} for at in range(table.count)]


def test_a_year_tells_target_signed_and_what_both_sides_imply(partner):
    sold_on(MARCH, 180_000_00)
    sold_on(APRIL, 20_000_00)

    table, (row,) = shown(partner)

    assert (row["target"], row["signed"]) == (500_000_00, 450_000_00)
    assert (row["sell_in"], row["sell_through"], row["reported"]) == (300_000_00, 200_000_00, 2)
    assert row["stock_change"] == 120_000_00
    assert table.notes[0].code == "plans/channel-period" and "2026" in table.notes[0].text.zh


def test_nothing_told_is_not_zero_and_a_zero_is(partner):
    _, (row,) = shown(partner)
    assert (row["sell_in"], row["sell_through"], row["stock_change"]) == (300_000_00, None, None)

    sold_on(MARCH, 0)
    _, rows = shown(partner, apart="month")
    assert (rows[2]["sell_through"], rows[2]["stock_change"]) == (0, 300_000_00)
    assert (rows[3]["sell_in"], rows[3]["sell_through"]) == (None, None)
    assert sum(row["target"] for row in rows) == 500_000_00


def test_what_a_partner_sold_on_is_no_result_of_ours(partner):
    from dacheng.core.history.past import past_of
    from dacheng.core.period import Period, ym_at
    from dacheng.core.targets.schema import CONTRACT

    span = Period(ym_at(2026, 1), ym_at(2027, 1))
    before = int(past_of(opened(partner)[0], measure=CONTRACT, span=span).amount.sum())
    sold_on(MARCH, 180_000_00)

    assert int(past_of(opened(partner)[0], measure=CONTRACT, span=span).amount.sum()) == before


def test_lines_without_an_account_are_told_and_belong_to_nobody(partner):
    sold_on(MARCH, 70_00, customer="")

    table, (row,) = shown(partner)

    assert row["sell_through"] is None
    assert any(note.code == "plans/sold-by-nobody" and note.amounts == (70_00,) for note in table.notes)


def test_a_partner_that_is_no_account_is_refused(plan):  # noqa: F811
    from dacheng.store.actions.plan_cells import add_plan_row

    one = opened(plan)[1]
    values = {"kind": CHANNEL, "name": "x", "customer_id": str(UUID(int=7))}
    with pytest.raises(RuleError, match="客户"):
        add_plan_row(actor=SYSTEM, at=AT, uid=plan, parent_id=int(one.sheet.tree.unit_ids[0]), values=values)


def accepted(made: UUID, *, proposed: bool = True) -> None:
    """Let the partner sign the letter of the plan as it stands."""
    from dacheng.service.plan_talks import aim_of
    from dacheng.store.actions.plan_talks import accept_target
    from dacheng.store.actions.plans import move_plan

    if proposed:
        move_plan(actor=SYSTEM, at=AT, uid=made, step="propose", version=None)
    accept_target(actor=SYSTEM, at=AT, aims=[aim_of(made, partner_code(made), "contract", 0)], amounts=[500_000_00])


def partner_row(made: UUID) -> int:
    return int((opened(made)[1].sheet.kind == CHANNEL).argmax())


def partner_code(made: UUID) -> str:
    return opened(made)[1].codes[partner_row(made)]


def test_the_signed_letter_counts_and_what_was_told_from_below_only_without_one(partner):
    table, (row,) = shown(partner)
    assert (row["signed"], row["signed_as"]) == (450_000_00, FROM_BELOW)
    assert [note.count for note in table.notes if note.code == "plans/signed-from-below"] == [1]

    accepted(partner)

    table, (row,) = shown(partner)
    assert (row["signed"], row["signed_as"]) == (500_000_00, LETTER)
    assert "plans/signed-from-below" not in [note.code for note in table.notes]
    months = shown(partner, apart="month")[1]
    assert [one["signed"] for one in months] == [one["target"] for one in months]


def test_a_target_changed_after_signing_differs_from_what_the_partner_signed(partner):
    from dacheng.core.plans.editing import WHOLE_YEAR, Edit
    from dacheng.core.plans.health import FAULTS, plan_health
    from dacheng.service.plans import edit_cells

    def fault() -> str:
        table = plan_health(opened(partner)[0])
        kinds = table.values["kind"].tolist()
        return next(code for number, code, _ in FAULTS if number == (table.cell("fault", kinds.index(CHANNEL)) or 0))

    assert fault() == "channel-differs"
    accepted(partner)
    assert fault() == ""

    measure = opened(partner)[1].sheet.measure_id
    edit_cells(SYSTEM, AT, partner, measure, [Edit(partner_row(partner), WHOLE_YEAR, 600_000_00)], {})

    _, (row,) = shown(partner)
    assert (row["target"], row["signed"], row["signed_as"]) == (600_000_00, 500_000_00, FORMER_LETTER)
    assert {one["signed"] for one in shown(partner, apart="month")[1]} == {None}
    assert fault() == "channel-differs"


def test_a_partner_has_a_letter_of_his_own_that_stays_signed_in_the_next_version(partner):
    from dacheng.core.document import Grid
    from dacheng.core.plans.letters import SIGNED
    from dacheng.service.letters import letter, letter_file, letters_of
    from dacheng.service.plan_talks import row_called
    from dacheng.store.actions.plans import copy_plan

    accepted(partner)
    book = opened(partner)[0]
    found = letter(SYSTEM, book, partner, row_called(partner_code(partner)), "zh")

    words = [text for block in found.document.blocks if isinstance(block, Grid) for line in block.rows for text in line]
    heads = [text for block in found.document.blocks if isinstance(block, Grid) for text in block.head]
    assert found.talk.called.zh == "客户1" and found.state == SIGNED and found.seal in words
    assert "渠道（签字盖章）" in heads and "500,000.00" in words
    assert letter_file(found, "docx")[1][:2] == b"PK"
    assert "客户1" in {one.talk.called.zh for one in letters_of(SYSTEM, book, partner, "zh")}

    copy = copy_plan(actor=SYSTEM, at=AT, uid=partner, values={"name": "第二版"}).uid
    _, (row,) = shown(copy)
    assert row["signed"] == 500_000_00
    assert letter(SYSTEM, opened(copy)[0], copy, row_called(partner_code(copy)), "zh").talk.called.zh == "客户1"


def belongs(account: str, partner: str | None) -> None:
    from dacheng.store.actions.customers import edit_customer

    values = {"partner_id": str(uid("customers", partner)) if partner else None}
    edit_customer(actor=SYSTEM, at=AT, uid=uid("customers", account), values=values, version=None)


def test_several_accounts_of_one_partner_are_one_row_and_their_sums(partner):
    belongs("c2", "c1")
    sold_on(MARCH, 180_000_00)
    sold_on(MARCH, 30_000_00, customer="c2")

    _, (row,) = shown(partner)

    assert row["accounts"] == 2
    assert (row["target"], row["signed"]) == (500_000_00, 450_000_00)
    assert (row["sell_in"], row["sell_through"]) == (300_000_00 + 200_000_00, 210_000_00)
    assert row["stock_change"] == 290_000_00


def test_an_account_with_a_row_of_its_own_counts_there_and_not_twice(partner):
    from dacheng.store.actions.plan_cells import add_plan_row

    belongs("c2", "c1")
    one = opened(partner)[1]
    values = {"kind": CHANNEL, "name": "另一行", "customer_id": str(uid("customers", "c2"))}
    add_plan_row(actor=SYSTEM, at=AT, uid=partner, parent_id=int(one.sheet.tree.unit_ids[0]), values=values)

    _, rows = shown(partner)

    assert sorted((row["sell_in"], row["accounts"]) for row in rows) == [(200_000_00, 1), (300_000_00, 1)]


def test_an_account_belongs_to_a_partner_in_one_step_only(partner):
    belongs("c2", "c1")

    with pytest.raises(RuleError, match="“客户2”不能作所属渠道"):
        belongs("c3", "c2")
    with pytest.raises(RuleError, match="“客户1”不能作所属渠道"):
        belongs("c1", "c1")
    with pytest.raises(RuleError, match="1 个客户的所属渠道是它"):
        belongs("c1", "c3")
    belongs("c2", None)
    _, (row,) = shown(partner)
    assert (row["accounts"], row["sell_in"]) == (1, 300_000_00)


def nameless():
    from dacheng.service.books import open_database
    from dacheng.service.nameless_lines import shown_nameless

    return shown_nameless(open_database(SYSTEM, at=AT))


def test_a_line_without_an_account_is_matched_and_counts_for_its_partner(partner):
    from dacheng.store.actions.actuals import name_account

    sold_on(MARCH, 70_00, customer="")
    sold_on(APRIL, 30_00, customer="")
    (first, second), there = nameless()
    assert (first.amount, second.amount, there) == (30_00, 70_00, 2)

    done = name_account(actor=SYSTEM, at=AT, uids=[first.uid, second.uid], customer=uid("customers", "c1"))

    table, (row,) = shown(partner)
    assert done == 2 and nameless() == ([], 0)
    assert row["sell_through"] == 100_00
    assert not any(note.code == "plans/sold-by-nobody" for note in table.notes)


def test_a_line_that_has_an_account_keeps_it_and_none_is_written(partner):
    from dacheng.store.actions.actuals import name_account
    from dacheng.store.bulk import select_rows

    sold_on(MARCH, 70_00)
    sold_on(APRIL, 30_00, customer="")
    uids = [UUID(str(row[0])) for row in select_rows("rec_actuals", ["uid"], [("NOT removed", None)])]

    with pytest.raises(RuleError, match="已经有客户了"):
        name_account(actor=SYSTEM, at=AT, uids=uids, customer=uid("customers", "c2"))
    assert nameless()[1] == 1
