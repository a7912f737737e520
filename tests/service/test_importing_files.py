"""Imports through the one door: from files to records, by titles or a mapping, looked at, committed, undone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import NotFound, RuleError
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of
from dacheng.demo import generate
from dacheng.exchange.csvbook import write_company
from dacheng.exchange.reading import read_workbook
from dacheng.service import imports
from dacheng.service.imports import Upload
from dacheng.service.setting_up import administrator, company_exists, found_company
from dacheng.store.bulk import select_rows
from dacheng.store.canonical import export_company
from dacheng.store.models import FAR_SEQ
from tests.service.databases import entries, state

AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
LATER = datetime(2026, 8, 15, 2, tzinfo=UTC)
TODAY, NEXT = day_of(date(2026, 7, 1)), day_of(date(2026, 8, 15))

UNITS = "组织编码,组织名称,上级\nEAST,华东大区,HQ\nSOUTH,华南大区,HQ\n"
PEOPLE = "工号,姓名,所属部门,角色\nE1,李想,EAST,销售\nE2,王蕾,EAST,销售管理者\n"
CUSTOMERS = "客户编号,客户名称,行业\nC1,北辰智造有限公司,制造\n"
PRODUCTS = "产品编号,产品名称,目录价\nP1,MES 标准版,12万\n"
DEALS = (
    "商机编号,商机名称,负责人,客户,商机阶段,商机金额,预计成交日期\n"
    "D1,MES 二期,李想,北辰智造有限公司,需求确认,86万,2026-09-30\n"
)


def prepared(at=AT, mapping: str = "", aliases=None, **files: str):
    """Return csv texts, named by their keywords, ready to be committed."""
    uploads = [Upload(f"{name}.csv", text.encode("gb18030")) for name, text in files.items()]
    return imports.prepare(uploads, on_day=imports.day_of_import(at), mapping=mapping, aliases=aliases)


def bring(at=AT, mapping: str = "", **files: str):
    """Import csv texts."""
    return imports.commit(SYSTEM, at, prepared(at, mapping, **files))


def values(table: str, *columns: str) -> list[tuple]:
    """Return columns of the facts that hold now, by day."""
    return select_rows(
        f"fact_{table}", [*columns, "from_day", "to_day"], [(f"seq_to = {FAR_SEQ}", None)], ("from_day",)
    )


def test_a_company_comes_in_from_tables_that_refer_to_each_other(company):
    done = bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS, products=PRODUCTS, deals=DEALS)

    assert {name: counts["created"] for name, counts in done.counts.items()} == {
        "units": 2,
        "people": 2,
        "assignments": 2,
        "roles": 2,
        "customers": 1,
        "products": 1,
        "deals": 1,
    }
    assert values("deals", "amount", "estimated") == [(86_000_000, 0, TODAY, FAR_DAY)]


def test_later_files_refer_to_what_came_before(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS)

    done = bring(LATER, deals=DEALS)

    assert done.counts == {"deals": {"created": 1, "changed": 0, "unchanged": 0}}


def test_a_preview_says_what_would_change_and_writes_nothing(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS, deals=DEALS)
    before = entries(), state()

    seen = imports.preview(SYSTEM, LATER, prepared(LATER, deals=DEALS.replace("86万", "90万")))

    (change,) = seen.changes
    assert (change.code, change.day, dict(change.columns)) == ("D1", NEXT, {"amount": (86_000_000, 90_000_000)})
    assert (entries(), state()) == before


def test_what_a_file_does_not_date_holds_from_the_day_it_came(company):
    bring(units=UNITS, people=PEOPLE, products=PRODUCTS)

    bring(LATER, products=PRODUCTS.replace("12万", "15万"))

    assert values("products", "list_price") == [
        (12_000_000, FIRST_DAY, NEXT),
        (15_000_000, NEXT, FAR_DAY),
    ]


def test_a_person_who_moved_is_at_the_old_home_before_the_import(company):
    bring(units=UNITS, people=PEOPLE)

    bring(LATER, people="工号,姓名,所属部门\nE1,李想,SOUTH\n")

    homes = [(first, last) for *_, first, last in values("assignments", "person_id", "unit_id") if last == NEXT]
    assert homes == [(FIRST_DAY, NEXT)]


def test_columns_that_the_file_does_not_have_are_left_alone(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS, deals=DEALS)

    bring(LATER, deals="商机编号,商机金额,预计成交日期\nD1,90万,2026-10-31\n")

    assert [row[:2] for row in values("deals", "amount", "owner_id")] == [(86_000_000, 1), (90_000_000, 1)]


def test_nothing_is_written_when_one_row_is_not_possible(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS)
    before = entries(), state()
    two = DEALS + "D2,SCADA,李想,,需求确认,很多,2026-09-30\n"

    with pytest.raises(imports.ImportRefused) as refused:
        bring(deals=two)

    (finding,) = refused.value.findings
    assert (finding.row, finding.column, finding.value) == (3, "商机金额", "很多")
    assert (entries(), state()) == before


def test_the_sound_rows_come_in_when_somebody_says_so_and_the_others_go_back(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS)
    files = prepared(deals=DEALS + "D2,SCADA,李想,,需求确认,很多,2026-09-30\n")

    done = imports.commit(SYSTEM, AT, files, without_refused=True)
    returned = read_workbook(imports.refused_rows(files), "refused.xlsx").sheet("deals")

    assert done.counts == {"deals": {"created": 1, "changed": 0, "unchanged": 0}}
    assert [row.cells[0] for row in returned.rows] == ["商机编号", "D2"]
    assert "很多" in list(returned.rows)[1].cells[-1]


def test_refused_rows_can_come_back_as_they_are_once_mended(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS)
    files = prepared(deals=DEALS.replace("86万", "很多"))
    returned = imports.refused_rows(files)

    again = imports.prepare([Upload("refused.xlsx", returned)], on_day=TODAY)

    assert [(one.row, one.value) for one in again.findings if one.severity == "block"] == [(2, "很多")]


def test_a_confirmed_spelling_is_a_name(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS)
    misspelt = DEALS.replace("北辰智造有限公司", "北辰智造")

    (suggestion,) = prepared(deals=misspelt).suggestions
    confirmed = prepared(deals=misspelt, aliases={"客户": {suggestion.value: suggestion.meant}})

    assert (suggestion.column, suggestion.meant) == ("客户", "北辰智造有限公司")
    assert not confirmed.is_blocked


def test_a_file_that_cannot_be_read_blocks_and_is_named(company):
    files = imports.prepare(
        [Upload("客户.csv", CUSTOMERS.encode()), Upload("坏.xlsx", b"PK\x03\x04 not a workbook")], on_day=TODAY
    )

    assert files.is_blocked
    assert [one.sheet for one in files.findings if one.severity == "block"] == ["坏.xlsx"]
    assert files.counts == {"customers": 1}


def test_undo_of_a_batch_restores_what_stood(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS)
    before = state()
    done = bring(LATER, deals=DEALS, customers=CUSTOMERS.replace("制造", "电力"))

    imports.undo(SYSTEM, LATER, str(done.uid))

    assert state() == before
    assert [(one.name, one.undone) for one in imports.batches()] == [
        ("deals.csv +1", True),
        ("units.csv +2", False),
    ]


def test_a_batch_cannot_be_undone_twice(company):
    done = bring(units=UNITS)
    imports.undo(SYSTEM, AT, str(done.uid))

    with pytest.raises(RuleError):
        imports.undo(SYSTEM, AT, str(done.uid))


def test_a_mapping_of_another_currency_does_not_come_in(company):
    mapping = (
        "mapping: us\ncurrency: USD\nfiles:\n  - rows:\n"
        "      - relation: customers\n        set: {code: no, name: no}\n"
    )

    files = prepared(mapping=mapping, accounts="no,x\nA,1\n")

    assert [one.rule for one in files.findings if one.severity == "block"] == ["import/currency"]


def test_the_first_import_founds_the_company_that_its_mapping_names(empty):
    mapping = (
        "mapping: us\ncurrency: USD\ncompany: {name: Acme, code: ACME}\nfiles:\n  - rows:\n"
        "      - relation: units\n        set: {code: office, name: office, parent: {top: unit}}\n"
    )
    files = prepared(mapping=mapping, offices="office,x\nEast,1\nWest,2\n")

    seen = imports.preview(SYSTEM, AT, files)
    done = imports.commit(SYSTEM, AT, files)

    assert seen.counts["units"] == {"created": 2, "changed": 0, "unchanged": 0} == done.counts["units"]
    assert select_rows("company", ["name", "currency"], []) == [("Acme", "USD")]
    assert values("units", "unit_id", "parent_id") == [
        (1, 0, FIRST_DAY, FAR_DAY),
        (2, 1, FIRST_DAY, FAR_DAY),
        (3, 1, FIRST_DAY, FAR_DAY),
    ]


def test_without_a_company_nothing_comes_in_and_the_way_out_is_told(empty):
    files = prepared(customers=CUSTOMERS)

    with pytest.raises(imports.ImportRefused) as refused:
        imports.commit(SYSTEM, AT, files)

    assert "dacheng init" in refused.value.remedy.en and not company_exists()


def test_a_file_of_a_system_we_know_is_told_when_no_mapping_is_named(company):
    titles = "商机名称,客户名称,商机金额,预计成交日期,商机状态组,商机阶段,负责人\n"

    files = prepared(deals=titles + "泵站,北辰,1,2026-09-30,默认组,赢单,李想\n")

    assert [fit.name for fit in files.fits] == ["wukong"]
    assert [one.value for one in files.findings if one.rule == "import/mapping-fits"] == ["wukong"]


def test_an_unknown_mapping_says_which_there_are(company):
    with pytest.raises(NotFound) as unknown:
        prepared(mapping="siebel", customers=CUSTOMERS)

    assert "maven" in unknown.value.remedy.en


def test_a_path_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        imports.files_in([tmp_path / "nowhere"])


def test_a_folder_brings_its_tables_by_name(tmp_path):
    for name in ("b.csv", "a.xlsx", "notes.md"):
        (tmp_path / name).write_bytes(b"")

    assert [one.name for one in imports.files_in([tmp_path])] == ["a.xlsx", "b.csv"]


def homes_in(frames):
    units, assigned = frames["units"], frames["assignments"].columns
    code = dict(zip(units.columns["unit_id"], units.labels["code"], strict=True))
    return Counter(
        (code[unit], *days)
        for unit, *days in zip(assigned["unit_id"], assigned["from_day"], assigned["to_day"], strict=True)
    )


def test_our_own_export_comes_back_with_its_whole_history(company, tmp_path):
    demo = generate(7, date(2026, 6, 30), 1_000)
    write_company(demo, tmp_path / "export")

    imports.commit(SYSTEM, AT, imports.prepare(imports.files_in([tmp_path / "export"]), on_day=TODAY))

    here = export_company().frames
    assert homes_in(here) == homes_in(demo.frames)
    for name, column in (
        ("assignments", "person_id"),
        ("deals", "push_count"),
        ("deals", "amount"),
        ("targets", "amount"),
    ):
        for wanted in (column, "from_day", "to_day"):
            assert Counter(here[name].columns[wanted]) == Counter(demo.frames[name].columns[wanted]), (name, wanted)


# Setting up --------------------------------------------------------------------------------------


def test_a_founded_company_has_a_top_unit_measures_stages_and_a_calendar(company):
    stands = state()

    assert [len(stands[name][1]) for name in ("units", "measures", "stage_sets")] == [1, 3, 1]
    assert len(stands["stages"][1]) > 2
    assert len(stands["calendar"][1]) > 366 * 10


def test_a_second_company_is_refused(company):
    with pytest.raises(RuleError):
        found_company(AT, "另一家")


@pytest.mark.parametrize(("name", "currency"), [("", "CNY"), ("汀岚", "元"), ("汀岚", "cny")])
def test_a_company_needs_a_name_and_a_currency(empty, name, currency):
    with pytest.raises(RuleError):
        found_company(AT, name, currency)


def test_an_administrator_is_made_once(company):
    first, again = administrator(AT, "周敏"), administrator(LATER, "周敏")

    assert first == again
    assert values("roles", "person_id", "role")[0][:2] == (first, 5)


def test_an_administrator_needs_a_company(empty):
    with pytest.raises(NotFound):
        administrator(AT, "周敏")


def test_a_sheet_of_splits_is_known_by_its_titles_and_people_by_their_names(company):
    people = PEOPLE + "E3,周敏,SOUTH,销售\n"
    bring(units=UNITS, people=people, customers=CUSTOMERS, products=PRODUCTS, deals=DEALS)

    done = bring(LATER, 台账="商机号,人,比例,生效日\nD1,周敏,33.33%,2026-08-01\n")
    again = bring(LATER, 另存="商机编号,分成人,分成比例,生效日期\nD1,E3,33.33%,2026-08-01\n")

    assert done.counts["deal_splits"]["created"] == 1 and again.uid is None
    assert values("deal_splits", "share_bp", "before_bp") == [(3333, 0, day_of(date(2026, 8, 1)), FAR_DAY)]
    assert values("deals", "own_bp")[-1] == (6667, day_of(date(2026, 8, 1)), FAR_DAY)


EXPENSES = (
    "日期,部门,类别,金额,状态,事由,客户\n"
    "2026-06-10,EAST,差旅,320,实际,拜访北辰,北辰智造有限公司\n"
    "2026-06-11,EAST,市场活动,900,承诺,行业展会,\n"
)


def test_expenses_come_in_by_their_titles_and_a_second_time_add_nothing(company):
    bring(units=UNITS, people=PEOPLE, customers=CUSTOMERS)

    first = bring(费用=EXPENSES)
    again = bring(LATER, 费用=EXPENSES)

    assert first.counts["expenses"]["created"] == 2
    assert again.counts["expenses"]["created"] == again.counts["expenses"]["changed"] == 0
    days = [day_of(date(2026, 6, day)) for day in (10, 11)]
    assert values("expenses", "amount", "state", "category_id", "posted_day") == [
        (320_00, 2, 1, days[0], days[0], FAR_DAY),
        (900_00, 1, 3, days[1], days[1], FAR_DAY),
    ]
