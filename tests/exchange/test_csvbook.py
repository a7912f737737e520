"""A company as a folder of CSVs: exact inverses, strict cells, faults told by file, row and column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.company import Company, Frame
from dacheng.core.deals.schema import OPEN, WON
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.core.targets.schema import CASH, CONTRACT, MARGIN
from dacheng.exchange.canonical import read_value, write_value
from dacheng.exchange.csvbook import read_company, sound_company, write_company
from dacheng.exchange.csvtables import headers
from dacheng.exchange.problems import ValueProblem
from tests.exchange.companies import companies, of_kind

TEAM = "code,name,parent\nhq,总部,\neast,华东,hq\n"
PEOPLE = "code,name,unit\nli,李雷,east\nhan,韩梅,hq\n"


def folder(path: Path, **files: str) -> Path:
    """Write a folder with a unit tree and two people; files are texts without the indentation of the test."""
    for name, text in {"units": TEAM, "people": PEOPLE, **files}.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def texts_of(path: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(path.iterdir())}


def rows(frame: Frame, *names: str) -> list[tuple[int | None, ...]]:
    return list(zip(*(frame.columns[name] for name in names), strict=True))


def day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def faults(path: Path) -> list[tuple[str, int | None, str, str]]:
    return [(one.sheet, one.row, one.column, one.rule) for one in read_company(path)[1]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(company=companies())
def test_what_is_read_from_a_folder_writes_the_same_folder(tmp_path_factory: pytest.TempPathFactory, company: Company):
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")

    write_company(company, first)
    back, findings = read_company(first)
    write_company(back, second)

    assert [one for one in findings if not one.rule.startswith("csv/no-")] == []
    assert texts_of(first) == texts_of(second)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(company=companies())
def test_a_written_company_is_read_back_value_by_value(tmp_path_factory: pytest.TempPathFactory, company: Company):
    path = tmp_path_factory.mktemp("company")

    write_company(company, path)
    back, _ = read_company(path)

    assert (back.name, back.currency, sorted(back.rules, key=str)) == (
        company.name,
        company.currency,
        sorted(company.rules, key=str),
    )
    for name in RELATIONS:
        assert told(back.frames[name]) == told(company.frames[name])


def told(frame: Frame) -> list[tuple[object, ...]]:
    columns = [*frame.columns.items(), *frame.labels.items()]
    lines = zip(*(values for _, values in sorted(columns)), strict=True)
    return sorted(
        lines, key=lambda line: tuple((one is None, one or 0) if not isinstance(one, str) else one for one in line)
    )


@given(st.sampled_from([column for relation in RELATIONS.values() for column in relation.facts]), st.data())
def test_a_cell_is_read_as_it_was_written(column: Column, data: st.DataObject):
    names = {1: "one", 2: "two"}
    value = data.draw(st.sampled_from([1, 2]) if column.kind == "ref" else of_kind(column))

    text = write_value(column, value, names)

    assert read_value(column, text, {"one": 1, "two": 2}) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("day", "2026-6-30"),
        ("day", "2026-02-30"),
        ("day", "30/06/2026"),
        ("day", "20260630"),
        ("ym", "2026-13"),
        ("ym", "2026-1"),
        ("money", "1,200.00"),
        ("money", "12.345"),
        ("money", "1e5"),
        ("money", "１２"),
        ("money", "¥5"),
        ("bp", "0.3"),
        ("bp", "120%"),
        ("bp", "12.345%"),
        ("count", "3.5"),
        ("count", "-3"),
        ("flag", "是"),
        ("flag", "2"),
        ("flag", ""),
    ],
)
def test_a_cell_that_is_not_canonical_is_refused_with_the_way_out(kind: str, text: str):
    column = Column("x", kind, Text("某列", "some column"))  # type: ignore[arg-type]

    with pytest.raises(ValueProblem) as refused:
        read_value(column, text)

    assert refused.value.remedy.zh and refused.value.remedy.en


def test_a_small_folder_is_filled_in_with_homes_stages_measures_and_a_calendar(tmp_path: Path):
    company = sound_company(folder(tmp_path, deals="code,name,owner,stage,amount,from\nd1,一号,li,need,100,2026-03-01"))

    assert rows(company.frames["assignments"], "person_id", "unit_id", "from_day", "to_day") == [
        (1, 2, FIRST_DAY, FAR_DAY),
        (2, 1, FIRST_DAY, FAR_DAY),
    ]
    assert company.frames["measures"].columns["measure_id"] == [CONTRACT, MARGIN, CASH]
    assert company.frames["stages"].labels["code"][2] == "need"
    assert rows(company.frames["deals"], "stage_id", "amount", "state", "created_day", "closed_day") == [
        (3, 10_000, OPEN, day("2026-03-01"), FAR_DAY)
    ]
    days = company.frames["calendar"].columns["day"]
    assert (days[0], days[-1]) == (day("2025-01-01"), day("2028-12-31"))


def test_derived_columns_of_deals_follow_from_their_versions_and_contracts(tmp_path: Path):
    deals = """
        code,name,owner,stage,amount,expected,from,to
        d1,一号,li,need,100.00,2026-05-01,2026-03-01,2026-04-01
        d1,一号,li,won,120.00,2026-06-01,2026-04-01,"""
    contracts = "code,owner,deal,signed,effective,amount,from\nc1,li,d1,2026-04-02,2026-04-10,120.00,2026-04-02"

    found = sound_company(folder(tmp_path, deals=deals, contracts=contracts)).frames["deals"]

    assert rows(found, "from_day", "state", "closed_day", "contracted", "push_count") == [
        (day("2026-03-01"), OPEN, FAR_DAY, 0, 0),
        (day("2026-04-01"), WON, day("2026-04-01"), 0, 0),
        (day("2026-04-10"), WON, day("2026-04-01"), 1, 0),
    ]
    assert found.labels["code"] == ["d1", "d1", "d1"]


def test_lines_follow_their_contract_and_contracts_are_posted_when_they_take_effect(tmp_path: Path):
    contracts = """
        code,owner,signed,effective,amount,from,to
        c1,li,2026-04-02,2026-04-10,120.00,2026-04-02,2026-05-01
        c1,han,2026-04-02,2026-04-10,120.00,2026-05-01,"""
    lines = "code,contract,amount,from\nc1-1,c1,120.00,2026-04-02"

    company = sound_company(folder(tmp_path, contracts=contracts, contract_lines=lines))

    assert company.frames["contracts"].columns["posted_day"] == [day("2026-04-10")] * 2
    assert rows(company.frames["contract_lines"], "owner_id", "from_day", "to_day") == [
        (1, day("2026-04-02"), day("2026-05-01")),
        (2, day("2026-05-01"), FAR_DAY),
    ]


def test_a_grant_names_a_deal_or_a_contract_by_its_code(tmp_path: Path):
    path = folder(
        tmp_path,
        deals="code,name,owner,stage,from\nd1,一,li,need,2026-01-01\nd2,二,li,need,2026-01-01",
        contracts="code,owner,signed,effective,amount\nc1,li,2026-01-02,2026-01-02,5",
        grants="person,kind,object,reason\nhan,deal,d2,评审\nhan,contract,c1,评审\nhan,contract,d2,写错",
    )

    company, findings = read_company(path)

    assert rows(company.frames["grants"], "kind", "object_id") == [(1, 2), (2, 1)]
    assert [(one.sheet, one.row, one.column, one.value) for one in findings] == [("grants.csv", 4, "object", "d2")]


def test_a_fault_names_file_row_column_value_and_the_nearest_code(tmp_path: Path):
    path = folder(
        tmp_path, deals="code,name,owner,stage,amount\nd1,一,li,need,100\nd2,二,lee,need,1\nd3,三,hann,nned,x"
    )

    company, findings = read_company(path)

    assert [(one.sheet, one.row, one.column, one.value) for one in findings] == [
        ("deals.csv", 3, "owner", "lee"),
        ("deals.csv", 4, "owner", "hann"),
        ("deals.csv", 4, "stage", "nned"),
        ("deals.csv", 4, "amount", "x"),
    ]
    assert "need" in next(one for one in findings if one.column == "stage").remedy.zh
    assert company.frames["deals"].labels["code"] == ["d1"]


def test_someone_who_is_named_but_has_no_row_is_told(tmp_path: Path):
    path = folder(tmp_path, assignments="person,unit\nwang,east", roles="person,role,unit\nwang,manager,east")

    assert faults(path) == [
        ("assignments.csv", 2, "person", "csv/unknown-reference"),
        ("roles.csv", 2, "person", "csv/unknown-reference"),
    ]


def test_versions_that_overlap_or_end_before_they_begin_are_told(tmp_path: Path):
    deals = """
        code,name,owner,stage,from,to
        d1,一,li,need,2026-01-01,2026-03-01
        d1,一,li,plan,2026-02-01,
        d2,二,li,plan,2026-02-01,2026-02-01"""

    assert faults(folder(tmp_path, deals=deals)) == [
        ("deals.csv", 3, "from", "csv/overlap"),
        ("deals.csv", 4, "from", "csv/empty-span"),
    ]


def test_a_target_may_stand_once_for_a_unit_and_once_for_each_person(tmp_path: Path):
    targets = """
        unit,person,measure,month,amount
        east,,contract,2026-01,100.00
        east,li,contract,2026-01,60.00
        east,,contract,2026-01,100.00"""

    assert faults(folder(tmp_path, targets=targets)) == [("targets.csv", 4, "", "csv/overlap")]


def test_a_person_without_a_home_or_with_two_is_told_by_code(tmp_path: Path):
    path = folder(
        tmp_path,
        people="code,name,unit\nli,李雷,east\nhan,韩梅,\nwu,吴,",
        assignments="person,unit,from,to\nli,hq,,\nwu,hq,2026-01-01,2026-05-01\nwu,east,2026-06-01,",
    )

    found = [(one.sheet, one.rule, one.value) for one in read_company(path)[1]]

    assert found == [
        ("people.csv", "csv/two-homes", "east"),
        ("people.csv", "csv/no-home", "han"),
        ("people.csv", "csv/no-home", "wu"),
    ]


def test_a_row_that_counts_before_its_owner_has_a_home_is_told(tmp_path: Path):
    path = folder(
        tmp_path,
        people="code,name,from\nli,李雷,2026-03-01",
        assignments="person,unit,from\nli,east,2026-03-01",
        contracts="code,owner,signed,effective,amount,from\nc1,li,2026-02-01,2026-02-01,5,2026-04-01",
    )

    found = read_company(path)[1]

    assert [(one.sheet, one.rule, one.value) for one in found] == [("contracts.csv", "csv/no-place", "li")]
    assert "2026-02-01" in found[0].message.zh


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("code,name,parnt\nhq,总部,", ("units.csv", 1, "parnt", "csv/unknown-column")),
        ("code,parent\nhq,", ("units.csv", 1, "name", "csv/missing-column")),
        ("code,name,name\nhq,总部,x", ("units.csv", 1, "name", "csv/repeated-column")),
        ("code,name,parent\nhq,总部", ("units.csv", 2, "", "csv/ragged-row")),
        ("code,name\n,总部", ("units.csv", 2, "code", "csv/required")),
    ],
)
def test_a_file_of_the_wrong_shape_is_told(tmp_path: Path, text: str, fault: tuple[str, int, str, str]):
    assert fault in faults(folder(tmp_path, units=text))


def test_a_file_that_is_no_utf8_is_told_and_the_others_are_read(tmp_path: Path):
    path = folder(tmp_path)
    (path / "customers.csv").write_bytes("code,name\nc1,华为".encode("gbk"))

    company, findings = read_company(path)

    assert [(one.sheet, one.rule) for one in findings] == [("customers.csv", "csv/unreadable")]
    assert len(company.frames["people"]) == 2


def test_own_rules_are_read_and_wrong_ones_told(tmp_path: Path):
    path = folder(
        tmp_path, rules="rule,from,value\ndeals.stalled_days,2026-01-01,45\nfiscal.start,,4\nfiscal.start_month,,13"
    )

    company, findings = read_company(path)

    assert [(rule.name, rule.from_day, rule.value) for rule in company.rules] == [
        ("deals.stalled_days", day("2026-01-01"), 45)
    ]
    assert [(one.sheet, one.row, one.column, one.value) for one in findings] == [
        ("rules.csv", 3, "rule", "fiscal.start"),
        ("rules.csv", 4, "value", "13"),
    ]


def test_own_measures_keep_the_numbers_the_core_knows(tmp_path: Path):
    path = folder(tmp_path, measures="code,name\nrevenue,收入\ncash,回款\ncontract,合同额")

    company = sound_company(path)

    numbers = dict(
        zip(company.frames["measures"].labels["code"], company.frames["measures"].columns["measure_id"], strict=True)
    )
    assert numbers == {"revenue": 4, "cash": CASH, "contract": CONTRACT}


def test_a_folder_that_must_be_sound_names_every_fault(tmp_path: Path):
    path = folder(tmp_path, deals="code,name,owner,stage\nd1,一,lee,need\nd2,,li,need")

    with pytest.raises(RuleError) as refused:
        sound_company(path)

    assert "deals.csv 2 owner" in refused.value.sentence("zh")
    assert "deals.csv 3 name" in refused.value.sentence("en")


def test_no_folder_is_an_error_that_names_it(tmp_path: Path):
    with pytest.raises(RuleError, match="nowhere"):
        read_company(tmp_path / "nowhere")


def test_every_relation_has_headers_of_its_own_for_all_its_columns():
    for relation in RELATIONS.values():
        own = 1 if relation.entity else 0
        assert len(headers(relation)) == len(relation.columns) - own, relation.name
