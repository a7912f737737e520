"""Imports: found again, compared, written whole or not at all, undone as one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from dacheng.core.access import ADMIN, MANAGER, REP, SYSTEM
from dacheng.core.errors import NotAllowed, RuleError
from dacheng.core.period import FIRST_DAY
from dacheng.core.staging import Batch, Staged
from dacheng.store.actions.deals import edit_deal, move_stage
from dacheng.store.actions.imports import ImportRefused, commit_import, preview_import, undo_import
from dacheng.store.actions.org import move_unit
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.rights import revoke_role
from dacheng.store.models import Change, Customer, Deal, LogEntry
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, record, uid


def deal(code: str, amount: int | None = 900, later=(), since: int | None = None, row: int = 2, **values) -> Staged:
    known = {"name": f"商机{code}", "owner_id": "li", "stage_id": "lead", "amount": amount} | values
    return Staged("deals", code, known, on(3, 1) if since is None else since, tuple(later), sheet="商机", row=row)


def batch(*rows: Staged, source: str = "crm", currency: str = "CNY") -> Batch:
    return Batch(source, "销售.xlsx", currency, rows)


def bring(*rows: Staged, who: str = "ops", at=AT, **kwargs):
    return commit_import(actor=actor(who), at=at, batch=batch(*rows, **kwargs))


def entries() -> int:
    return LogEntry.objects.count()


def test_new_records_refer_to_each_other_and_to_what_stands(database):
    done = bring(
        deal("X1", customer_id="N1", product_id="P1", later=[(on(4, 1), {"stage_id": "won", "amount": 800})]),
        Staged("customers", "N1", {"name": "新客户"}, FIRST_DAY),
    )

    won = facts("deals", "X1")[-1]
    assert (won["customer_id"], won["product_id"]) == (number("customers", "N1"), number("products", "P1"))
    assert (won["from_day"], won["state"], won["closed_day"], won["amount"]) == (on(4, 1), 1, on(4, 1), 800)
    assert done.counts == {
        "customers": {"created": 1, "changed": 0, "unchanged": 0},
        "deals": {"created": 1, "changed": 0, "unchanged": 0},
    }


def test_an_import_is_one_entry_whose_detail_counts(database):
    before = entries()

    done = bring(deal("X1"), deal("X2"))

    entry = LogEntry.objects.order_by("-seq").first()
    assert (entries(), entry.action, entry.changes) == (before + 1, "import.committed", 2)
    assert json.loads(entry.detail) == {
        "batch": str(done.uid),
        "counts": {"deals": {"created": 2, "changed": 0, "unchanged": 0}},
        "name": "销售.xlsx",
        "source": "crm",
    }


def test_the_same_batch_again_writes_nothing_at_all(database):
    rows = [deal("X1", later=[(on(4, 1), {"stage_id": "won"})]), Staged("customers", "C1", {"name": "华能电力"}, START)]
    bring(*rows)
    before = entries()

    again = bring(*rows, at=AT + timedelta(days=3))

    assert (again.uid, entries()) == (None, before)
    assert [counts["unchanged"] for counts in again.counts.values()] == [1, 1]


def test_one_changed_value_is_exactly_one_change(database):
    bring(deal("X1", later=[(on(4, 1), {"stage_id": "won", "amount": 800})]), deal("X2"))

    done = bring(deal("X1", later=[(on(4, 1), {"stage_id": "won", "amount": 850})]), deal("X2"))

    (change,) = Change.objects.filter(seq=LogEntry.objects.latest("seq").seq)
    assert (change.from_day, change.before, change.after) == (on(4, 1), '{"amount":800}', '{"amount":850}')
    assert done.counts["deals"] == {"created": 0, "changed": 1, "unchanged": 1}


def test_the_file_speaks_for_its_own_columns_and_leaves_the_others(database):
    bring(deal("X1"))
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "X1"), values={"grade": 1}, version=1, on=on(5, 1))

    bring(deal("X1", later=[(on(4, 1), {"amount": 700})]))

    assert [(fact["from_day"], fact["amount"], fact["grade"]) for fact in facts("deals", "X1")] == [
        (on(3, 1), 900, None),
        (on(4, 1), 700, None),
        (on(5, 1), 700, 1),
    ]


def test_the_first_day_moves_with_the_file(database):
    bring(deal("X1", since=on(3, 1)))

    bring(deal("X1", since=on(2, 1)))

    assert [fact["from_day"] for fact in facts("deals", "X1")] == [on(2, 1)]
    assert facts("deals", "X1")[0]["created_day"] == on(2, 1)
    assert record("deals", "X1").since_day == on(2, 1)


def test_a_row_that_begins_on_the_day_of_import_says_nothing_about_the_past(database):
    bring(deal("X1", since=TODAY))
    later = AT + timedelta(days=10)
    before = entries()

    again = commit_import(actor=SYSTEM, at=later, batch=batch(deal("X1", since=TODAY + 10)))
    changed = commit_import(actor=SYSTEM, at=later, batch=batch(deal("X1", amount=1, since=TODAY + 10)))

    assert (again.uid, entries()) == (None, before + 1)
    assert changed.counts["deals"]["changed"] == 1
    assert [(fact["from_day"], fact["amount"]) for fact in facts("deals", "X1")] == [(TODAY, 900), (TODAY + 10, 1)]


def test_a_record_is_found_by_source_and_code_even_after_its_code_was_changed_here(database):
    bring(deal("X1"))
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "X1"), values={"code": "D-2026-1"}, version=1)

    bring(deal("X1", amount=1))

    assert record("deals", "D-2026-1").amount == 1 and not Deal.objects.filter(code="X1").exists()


def test_a_record_that_stands_is_found_by_its_code(database):
    bring(Staged("customers", "C1", {"name": "华能电力", "industry": "电力"}, START))

    assert Customer.objects.count() == 2 and record("customers", "C1").industry == "电力"


def test_an_unknown_reference_blocks_with_sheet_row_column_and_value(database):
    before = entries()

    with pytest.raises(ImportRefused) as refused:
        bring(deal("X1"), deal("X2", product_id="GTXPro", row=7))

    (finding,) = refused.value.findings
    assert (finding.rule, finding.severity) == ("deals/unknown-products", "block")
    assert (finding.sheet, finding.row, finding.column, finding.value) == ("商机", 7, "product_id", "GTXPro")
    assert (entries(), Deal.objects.filter(code="X1").exists()) == (before, False)


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([deal("X1", since=1), deal("X1", since=1)], "import/twice"),
        ([deal("X1", amount=10**15, since=1)], "import/value"),
        ([deal("X1", grade=9, since=1)], "import/value"),
        ([deal("X1", name="", since=1)], "import/value"),
        ([deal("X1", colour="red", since=1)], "import/column"),
        ([deal(" ", since=1)], "import/value"),
        ([deal("X1", since=-1)], "import/day"),
        (
            [
                Staged("targets", "", {"unit_id": "SH", "measure_id": "margin", "ym": 24317, "person_id": who}, 1)
                for who in ("", None)
            ],
            "import/twice",
        ),
        ([deal("X1", later=[(5, {"amount": 1}), (4, {"amount": 2})], since=1)], "import/order"),
        ([Staged("deals", "X1", {"name": "x", "owner_id": "li"}, 1)], "import/incomplete"),
        ([Staged("people", "han", {"name": "韩"}, 1)], "people/without-home"),
        ([Staged("units", "U9", {"name": "九"}, 1)], "units/tops"),
        ([Staged("stages", "lead", {"state": 1}, START)], "stages/used"),
        ([Staged("calendar", "", {"day": day, "ym": 24317, "working": 1}, 0) for day in (1, 3)], "calendar/gap"),
        ([Staged("periods", "", {"ym": 24317, "closed": 1}, START)], "periods/by-file"),
        (
            [
                Staged("people", "li", {"fte_bp": 8_000}, START),
                Staged("engagements", "", {"person_id": "li", "host_id": "SOUTH", "kind": 1, "share_bp": 9_000}, START),
            ],
            "engagements/too-much",
        ),
    ],
)
def test_what_cannot_be_is_found_before_anything_is_written(sqlite_database, rows, rule):
    preview = preview_import(actor=actor("ops"), at=AT, batch=batch(*rows))

    assert preview.is_blocked and [finding.rule for finding in preview.findings] == [rule]
    with pytest.raises(ImportRefused):
        bring(*rows)


def test_units_that_would_run_in_a_circle_are_found(sqlite_database):
    rows = [
        Staged("units", "EAST", {"name": "华东", "parent_id": "SH"}, START),
        Staged("units", "SH", {"name": "上海组", "parent_id": "EAST"}, START),
    ]

    (finding,) = preview_import(actor=actor("ops"), at=AT, batch=batch(*rows)).findings

    assert finding.rule == "units/circle" and "华东" in finding.message.zh


def test_another_currency_is_refused(sqlite_database):
    with pytest.raises(ImportRefused, match="USD"):
        bring(deal("X1"), currency="USD")


def test_a_database_without_a_company_is_told_so(empty_database):
    with pytest.raises(ImportRefused, match="还没有公司"):
        commit_import(actor=SYSTEM, at=AT, batch=batch(Staged("customers", "C1", {"name": "x"}, 0)))


def test_a_preview_shows_what_would_change_and_writes_nothing(database):
    bring(deal("X1"))
    before = entries()

    preview = preview_import(actor=actor("ops"), at=AT, batch=batch(deal("X1", amount=1, row=5), deal("X2", row=6)))

    (change,) = preview.changes
    assert (change.relation, change.code, change.day, change.row) == ("deals", "X1", on(3, 1), 5)
    assert change.columns == {"amount": (900, 1)}
    assert (preview.counts["deals"], preview.is_blocked) == ({"created": 1, "changed": 1, "unchanged": 0}, False)
    assert (entries(), Deal.objects.filter(code="X2").exists()) == (before, False)


def test_people_come_with_homes_and_roles(database):
    done = commit_import(
        actor=SYSTEM,
        at=AT,
        batch=batch(
            Staged("units", "NORTH", {"name": "华北", "parent_id": "HQ"}, START),
            Staged("people", "han", {"name": "韩梅梅"}, START),
            Staged("assignments", "", {"person_id": "han", "unit_id": "NORTH"}, START),
            Staged("roles", "", {"person_id": "han", "role": REP, "unit_id": "NORTH"}, START),
        ),
    )

    assert actor("han").roles == {REP}
    assert sum(counts["created"] for counts in done.counts.values()) == 4


def test_who_may_not_grant_roles_does_not_hand_them_out_by_a_file(database):
    done = bring(Staged("roles", "", {"person_id": "ops", "role": ADMIN, "unit_id": "HQ"}, START))

    assert (done.uid, [finding.rule for finding in done.findings]) == (None, ["import/rights"])
    assert ADMIN not in actor("ops").roles


def test_a_role_that_was_taken_away_does_not_come_back_with_a_file(database):
    row = Staged("roles", "", {"person_id": "east", "role": MANAGER, "unit_id": "EAST"}, START)
    revoke_role(actor=actor("admin"), at=AT, person=uid("people", "east"), role=MANAGER, unit=uid("units", "EAST"))

    done = commit_import(actor=SYSTEM, at=AT, batch=batch(row))

    assert done.uid is None and actor("east").roles == {REP}


def test_contracts_come_with_lines_and_mark_their_deal(database):
    bring(
        Staged(
            "contracts",
            "H1",
            {"owner_id": "li", "deal_id": "D1", "signed_day": on(4, 1), "effective_day": on(4, 5), "amount": 300},
            on(4, 1),
        ),
        Staged("contract_lines", "H1-1", {"contract_id": "H1", "amount": 100, "product_id": "P1"}, on(4, 1)),
        Staged("contract_lines", "H1-2", {"contract_id": "H1", "amount": 200}, on(4, 1)),
    )

    assert [(fact["posted_day"], fact["amount"]) for fact in facts("contracts", "H1")] == [(on(4, 5), 300)]
    assert [(fact["owner_id"], fact["effective_day"]) for fact in facts("contract_lines", "H1-2")] == [
        (number("people", "li"), on(4, 5))
    ]
    assert [(fact["from_day"], fact["contracted"]) for fact in facts("deals", "D1")] == [(START, 0), (on(4, 5), 1)]


def test_lines_that_do_not_sum_to_their_contract_are_found(sqlite_database):
    contract = {"owner_id": "li", "signed_day": on(4, 1), "effective_day": on(4, 5), "amount": 300}
    rows = [
        Staged("contracts", "H1", contract, on(4, 1), row=3),
        Staged("contract_lines", "H1-1", {"contract_id": "H1", "amount": 100}, on(4, 1)),
    ]

    (finding,) = preview_import(actor=actor("ops"), at=AT, batch=batch(*rows)).findings

    assert (finding.rule, finding.row) == ("contracts/lines-do-not-sum", 3) and "2.00" in finding.message.zh


def test_a_contract_that_moves_to_another_owner_and_deal_takes_its_lines_along(database):
    contract = {"owner_id": "li", "deal_id": "D1", "signed_day": on(4, 1), "effective_day": on(4, 5), "amount": 100}
    line = Staged("contract_lines", "H1-1", {"contract_id": "H1", "amount": 100}, on(4, 1))
    bring(Staged("contracts", "H1", contract, on(4, 1)), line)

    bring(Staged("contracts", "H1", contract | {"owner_id": "wang", "deal_id": "D2"}, on(4, 1)), line)

    assert [fact["owner_id"] for fact in facts("contract_lines", "H1-1")] == [number("people", "wang")]
    assert [fact["contracted"] for fact in facts("deals", "D1")] == [0]
    assert [fact["contracted"] for fact in facts("deals", "D2")] == [0, 1]


def test_a_late_contract_of_a_file_posts_to_the_next_open_month_and_stays_there(database):
    row = Staged(
        "contracts", "H1", {"owner_id": "li", "signed_day": on(4, 1), "effective_day": on(4, 5), "amount": 1}, on(4, 1)
    )
    close_period(actor=actor("fin"), at=AT, ym=month(4))
    bring(row)
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    again = bring(row)

    assert again.uid is None
    assert [fact["posted_day"] for fact in facts("contracts", "H1")] == [on(5, 1)]


def test_a_file_does_not_change_a_closed_month(database):
    bring(deal("X1", later=[(on(4, 1), {"stage_id": "won", "amount": 800})]))
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    changed = deal("X1", later=[(on(4, 1), {"stage_id": "won", "amount": 850})], row=4)
    new = deal("X2", later=[(on(5, 1), {"stage_id": "won", "amount": 1})], row=5)
    findings = preview_import(actor=actor("ops"), at=AT, batch=batch(changed, new)).findings

    assert sorted((one.rule, one.row) for one in findings) == [("import/closed-period", 4), ("import/closed-period", 5)]
    assert "2026-06-01" in findings[0].remedy.zh


def test_only_sales_operations_imports(database):
    for act in (commit_import, preview_import):
        with pytest.raises(NotAllowed, match="导入"):
            act(actor=actor("east"), at=AT, batch=batch(deal("X1")))


def test_an_undone_import_leaves_everything_as_it_was_and_the_log_says_so(database):
    move_stage(actor=actor("li"), at=AT, uid=uid("deals", "D1"), stage=uid("stages", "offer"), version=1, on=on(5, 1))
    before = (facts("deals", "D1"), record("customers", "C1").industry)
    rows = [
        deal("D1", name="改名", since=on(2, 1)),
        deal("X1", customer_id="N1"),
        Staged("customers", "N1", {"name": "新"}, START),
        Staged("customers", "C1", {"industry": "电力"}, START),
    ]
    done = bring(*rows)

    undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    assert (facts("deals", "D1"), record("customers", "C1").industry) == before
    assert record("deals", "D1").name == "云平台一期"
    assert not Deal.objects.filter(code="X1", removed=False).exists()
    assert LogEntry.objects.latest("seq").action == "import.undone"


def test_the_same_batch_can_be_imported_again_after_an_undo(database):
    rows = [deal("X1", customer_id="N1"), Staged("customers", "N1", {"name": "新"}, START)]
    first = bring(*rows)
    undo_import(actor=actor("ops"), at=AT, uid=first.uid)

    again = bring(*rows)

    assert again.counts == first.counts and record("deals", "X1").customer_id == number("customers", "N1")


def test_an_import_is_undone_once(database):
    done = bring(deal("X1"))
    undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    with pytest.raises(RuleError, match="已经撤销"):
        undo_import(actor=actor("ops"), at=AT, uid=done.uid)


def test_what_was_changed_since_is_not_overwritten_by_an_undo(database):
    done = bring(deal("X1"), deal("X2"))
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "X2"), values={"amount": 5}, version=1)

    with pytest.raises(RuleError, match="X2 商机X2"):
        undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    assert record("deals", "X1").amount == 900


def test_a_later_edit_that_was_taken_back_does_not_stand_in_the_way(database):
    done = bring(deal("X1"))
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "X1"), values={"amount": 5}, version=1, on=on(3, 1))
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "X1"), values={"amount": 900}, version=2, on=on(3, 1))

    undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    assert not Deal.objects.filter(code="X1", removed=False).exists()


def test_what_newer_records_refer_to_is_not_taken_away(database):
    done = bring(Staged("customers", "N1", {"name": "新"}, START))
    edit_deal(
        actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"customer_id": uid("customers", "N1")}, version=1
    )

    with pytest.raises(RuleError, match="商机 D1"):
        undo_import(actor=actor("ops"), at=AT, uid=done.uid)


def test_an_undo_that_would_leave_units_without_a_parent_is_refused(database):
    done = bring(Staged("units", "NORTH", {"name": "华北", "parent_id": "HQ"}, START))
    move_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), parent=uid("units", "NORTH"), version=1)

    with pytest.raises(RuleError, match="组织 SH"):
        undo_import(actor=actor("ops"), at=AT, uid=done.uid)


def test_rows_without_a_code_are_found_again_by_their_key(database):
    rows = [
        Staged("calendar", "", {"day": on(10, 1), "ym": month(10), "working": 0, "source": "公布"}, FIRST_DAY),
        Staged("targets", "", {"unit_id": "EAST", "measure_id": "contract", "ym": month(9), "amount": 7}, START),
        Staged("targets", "", {"unit_id": "EAST", "measure_id": "contract", "ym": month(6), "amount": 8}, START),
    ]

    done = bring(*rows)

    assert done.counts["targets"] == {"created": 1, "changed": 1, "unchanged": 0}
    assert bring(*rows).uid is None
