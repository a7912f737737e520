"""A mapping that a user writes: what it makes of rows, and what it says of its own mistakes."""

from __future__ import annotations

import pytest

from dacheng.core.period import FIRST_DAY
from dacheng.exchange.mapping_file import read_mapping, shipped_mapping, shipped_mappings
from dacheng.exchange.reading import read_workbook
from dacheng.exchange.refused_rows import rejected_workbook
from dacheng.exchange.yaml_parts import YamlRefused
from tests.exchange.mapping_cases import TODAY, day, rows, staged, told

ACCOUNTS = """
mapping: crm
files:
  - file: accounts*
    rows:
      - relation: customers
        set: {code: no, name: account, industry: sector}
"""

DEALS = """
mapping: crm
currency: USD
files:
  - file: deals
    columns:
      product: {aliases: {GTXPro: GTX Pro}}
    rows:
      - relation: deals
        set:
          code: id
          name: {join: [product, account], with: " · "}
          owner: {is: E1}
          customer: account
          product: product
          amount: {of: product, take: list_price}
          estimated: {is: 1}
          stage: {is: need}
        steps:
          - from: {day: import}
            when: {begun: blank}
            set: {}
          - from: begun
            when: {begun: filled}
            set: {}
          - from: ended
            when: {outcome: [Won, Lost]}
            set: {stage: outcome, amount: value, estimated: {is: 0}}
  - file: products
    rows:
      - relation: products
        set: {code: product, name: product, list_price: price}
"""
PRODUCTS = "product,price\nGTX Pro,4821\nMG,55\n"


# Rows ----------------------------------------------------------------------------------------


def test_columns_of_the_file_become_columns_of_ours():
    result = staged(ACCOUNTS, accounts_2026="no,account,sector\nK1,北辰,制造\nK2,华岳,\n")

    assert rows(result, "customers") == [
        ("K1", {"code": "K1", "name": "北辰", "industry": "制造"}, FIRST_DAY, []),
        ("K2", {"code": "K2", "name": "华岳", "industry": ""}, FIRST_DAY, []),
    ]
    assert result.batch.source == "crm"


def test_steps_tell_the_history_of_a_record():
    won = "id,product,account,begun,ended,outcome,value\nD1,MG,北辰智造有限公司,2026-01-05,2026-03-01,won,60\n"

    result = staged(DEALS, deals=won, products=PRODUCTS)

    assert rows(result, "deals") == [
        (
            "D1",
            {
                "code": "D1",
                "name": "MG · 北辰智造有限公司",
                "owner_id": "E1",
                "customer_id": "C1",
                "product_id": "MG",
                "amount": 5500,
                "estimated": 1,
                "stage_id": "need",
            },
            day("2026-01-05"),
            [(day("2026-03-01"), {"stage_id": "won", "amount": 6000, "estimated": 0})],
        )
    ]


def test_what_has_no_day_begins_with_the_import_and_is_told():
    result = staged(DEALS, deals="id,product,account,begun,ended,outcome,value\nD1,MG,,,,,\n", products=PRODUCTS)

    ((_, values, since, later),) = rows(result, "deals")

    assert (values["name"], since, later) == ("MG", TODAY, [])
    assert told(result, "import/undated") == [("note", 2, "", "")]


def test_only_what_the_file_dates_is_dated():
    both = "id,product,account,begun,ended,outcome,value\nD1,MG,,,,,\nD2,MG,,2026-01-05,,,\n"

    result = staged(DEALS, deals=both, products=PRODUCTS)

    assert {one.code: one.known_start for one in result.batch.rows} == {
        "GTX Pro": False,
        "MG": False,
        "D1": False,
        "D2": True,
    }


def test_a_step_on_the_same_day_replaces_the_one_before():
    same_day = "id,product,account,begun,ended,outcome,value\nD1,MG,,2026-03-01,2026-03-01,Won,60\n"

    ((_, values, since, later),) = rows(staged(DEALS, deals=same_day, products=PRODUCTS), "deals")

    assert (values["stage_id"], values["amount"], since, later) == ("won", 6000, day("2026-03-01"), [])


def test_an_end_before_the_beginning_is_refused():
    reversed_days = "id,product,account,begun,ended,outcome,value\nD1,MG,,2026-03-02,2026-03-01,Won,60\n"

    result = staged(DEALS, deals=reversed_days, products=PRODUCTS)

    assert rows(result, "deals") == []
    assert told(result, "import/days-reversed") == [("block", 2, "ended", "")]


def test_an_alias_is_told_once_with_its_rows_when_it_mends_a_misspelling():
    several = "id,product,account,begun,ended,outcome,value\n" + "".join(
        f"D{number},GTXPro,,2026-01-05,,,\n" for number in range(1, 6)
    )

    result = staged(DEALS, deals=several, products=PRODUCTS)

    assert [values["product_id"] for _, values, _, _ in rows(result, "deals")] == ["GTX Pro"] * 5
    assert told(result, "import/misspelt") == [("warn", 2, "product", "GTXPro")]
    (finding,) = [one for one in result.findings if one.rule == "import/misspelt"]
    assert "5 行" in finding.message.zh and "GTX Pro" in finding.remedy.zh


def test_an_unknown_reference_is_told_once_with_the_nearest_name():
    without_alias = DEALS.replace("aliases: {GTXPro: GTX Pro}", "optional: false")
    two = "id,product,account,begun,ended,outcome,value\nD1,GTXPro,,2026-01-05,,,\nD2,GTXPro,,2026-01-05,,,\n"

    result = staged(without_alias, deals=two, products=PRODUCTS)

    assert rows(result, "deals") == []
    assert told(result, "import/unknown-reference") == [("block", 2, "product", "GTXPro")]
    (suggestion,) = result.suggestions
    assert (suggestion.column, suggestion.value, suggestion.meant, suggestion.rows) == (
        "product",
        "GTXPro",
        "GTX Pro",
        2,
    )


def test_a_confirmed_suggestion_works_like_an_alias():
    without_alias = DEALS.replace("aliases: {GTXPro: GTX Pro}", "optional: false")
    one = "id,product,account,begun,ended,outcome,value\nD1,GTXPro,,2026-01-05,,,\n"

    result = staged(without_alias, deals=one, products=PRODUCTS, aliases={"product": {"GTXPro": "GTX Pro"}})

    assert not result.is_blocked
    assert [values["product_id"] for _, values, _, _ in rows(result, "deals")] == ["GTX Pro"]


def test_a_name_that_two_people_have_must_be_given_as_a_code():
    ambiguous = DEALS.replace("owner: {is: E1}", "owner: agent")
    one = "id,agent,product,account,begun,ended,outcome,value\nD1,王蕾,MG,,2026-01-05,,,\n"

    result = staged(ambiguous, deals=one, products=PRODUCTS)

    assert told(result, "import/ambiguous-reference") == [("block", 2, "agent", "王蕾")]


def test_width_and_case_of_a_name_do_not_matter():
    one = "id,product,account,begun,ended,outcome,value\nD1,ｍｇ,,2026-01-05,,,\n"

    ((_, values, _, _),) = rows(staged(DEALS, deals=one, products=PRODUCTS), "deals")

    assert values["product_id"] == "MG"


def test_a_reference_that_may_be_blank_is_counted_and_kept():
    two = "id,product,account,begun,ended,outcome,value\nD1,MG,,2026-01-05,,,\nD2,MG,北辰智造有限公司,2026-01-05,,,\n"

    result = staged(DEALS, deals=two, products=PRODUCTS)

    assert len(rows(result, "deals")) == 2
    assert told(result, "import/blank") == [("note", 2, "account", "")]


def test_an_unusual_value_is_kept_and_told_once_with_the_nearest():
    mapping = ACCOUNTS.replace("    rows:", "    columns:\n      sector: {expect: [technology, finance]}\n    rows:", 1)

    result = staged(mapping, accounts="no,account,sector\nK1,a,technolgy\nK2,b,technolgy\nK3,c,finance\n")

    assert [values["industry"] for _, values, _, _ in rows(result, "customers")] == [
        "technolgy",
        "technolgy",
        "finance",
    ]
    assert told(result, "import/unusual") == [("warn", 2, "sector", "technolgy")]


def test_the_same_row_twice_is_taken_once():
    result = staged(ACCOUNTS, accounts="no,account,sector\nK1,北辰,\nK1,北辰,\n")

    assert [code for code, *_ in rows(result, "customers")] == ["K1"]
    assert told(result, "import/repeated") == [("warn", 3, "", "")]


def test_a_row_that_contradicts_an_earlier_one_is_refused_and_names_it():
    result = staged(ACCOUNTS, accounts="no,account,sector\nK1,北辰,\nK1,华岳,\n")

    assert [values["name"] for _, values, _, _ in rows(result, "customers")] == ["北辰"]
    (finding,) = [one for one in result.findings if one.rule == "import/contradiction"]
    assert (finding.row, finding.value) == (3, "华岳") and "第 2 行" in finding.message.zh


def test_a_refused_record_takes_the_rows_with_it_that_refer_to_it():
    parts = "product,price\nGTX Pro,lots\n"
    one = "id,product,account,begun,ended,outcome,value\nD1,GTX Pro,,2026-01-05,,,\n"

    result = staged(DEALS, deals=one, products=parts)

    assert result.batch.rows == ()
    assert told(result, "money/not-an-amount") == [("block", 2, "price", "lots")]
    assert told(result, "import/unknown-reference") == [("block", 2, "product", "GTX Pro")]


def test_a_total_is_no_record():
    result = staged(ACCOUNTS, accounts="no,account,sector\nK1,北辰,\n合计,,\n")

    assert [code for code, *_ in rows(result, "customers")] == ["K1"]
    assert [one.severity for one in result.findings if one.rule == "sheet/totals-row"] == ["note"]


def test_units_of_money_and_order_of_dates_can_be_declared():
    mapping = """
mapping: erp
dates: day-first
files:
  - file: contracts
    columns:
      value: {titles: [合同额, 金额], unit: 万元}
    rows:
      - relation: contracts
        from: signed
        set: {code: no, owner: {is: E1}, signed: signed, effective: {first: [begins, signed]}, amount: value}
"""

    result = staged(mapping, contracts="no,金额,signed,begins\nHT1,12.5,03/04/2026,\n")

    assert rows(result, "contracts") == [
        (
            "HT1",
            {
                "code": "HT1",
                "owner_id": "E1",
                "signed_day": day("2026-04-03"),
                "effective_day": day("2026-04-03"),
                "amount": 12_500_000,
            },
            day("2026-04-03"),
            [],
        )
    ]


def test_rows_that_the_mapping_does_not_want_are_left_out_with_a_count():
    mapping = ACCOUNTS.replace("    rows:", "    where: {sector: {not: [internal]}}\n    rows:", 1)

    result = staged(mapping, accounts="no,account,sector\nK1,a,Internal\nK2,b,retail\n")

    assert [code for code, *_ in rows(result, "customers")] == ["K2"]
    assert told(result, "import/left-out") == [("note", 2, "", "")]


def test_a_missing_column_is_named_with_the_nearest_title():
    result = staged(ACCOUNTS, accounts="no,acount,sector\nK1,北辰,\n")

    (finding,) = [one for one in result.findings if one.rule == "import/missing-column"]

    assert (finding.severity, finding.column) == ("block", "account")
    assert "acount" in finding.remedy.en


def test_a_month_in_each_column_yields_a_row_for_each_month():
    mapping = """
mapping: plan
files:
  - file: plan
    year: year
    rows:
      - relation: targets
        from: {day: import}
        set: {unit: unit, measure: {is: contract}, month: {month: title}, amount: {month: cell}}
"""

    result = staged(mapping, plan="year,unit,1月,2月,total\n2026,华东大区,100,,300\n")

    assert [(values["unit_id"], values["ym"], values["amount"]) for _, values, _, _ in rows(result, "targets")] == [
        ("EAST", 12 * 2026, 10_000)
    ]


def test_a_new_person_without_a_home_is_refused():
    mapping = """
mapping: hr
files:
  - file: staff
    rows:
      - relation: people
        set: {code: no, name: name}
      - relation: assignments
        when: {unit: filled}
        set: {person: no, unit: unit}
"""

    result = staged(mapping, staff="no,name,unit\nE8,何涛,EAST\nE9,周敏,\n")

    assert [code for code, *_ in rows(result, "people")] == ["E8"]
    assert told(result, "import/no-home") == [("block", 3, "", "")]


def test_the_mappings_own_records_are_made_once_and_then_left_alone():
    mapping = ACCOUNTS + "records:\n  measures:\n    - {code: contract, name: 额, basis: incl}\n"
    mapping += "    - {code: margin, name: 毛利, basis: excl}\n"

    result = staged(mapping, accounts="no,account,sector\nK1,a,\n")

    assert [code for code, *_ in rows(result, "measures")] == ["margin"]


def test_refused_rows_go_back_with_their_columns_and_a_reason():
    result = staged(ACCOUNTS, accounts="no,account,sector\nK1,北辰,=1+1\nK2,,retail\n")

    book = read_workbook(rejected_workbook(result.matched, result.refused), "refused.xlsx")

    assert [row.cells for row in book.sheet("accounts").rows] == [
        ("no", "account", "sector", "不能导入的原因"),
        ("K2", None, "retail", "account：缺少名称。请补上这一格。"),
    ]


# Mistakes in the mapping itself ------------------------------------------------------------------


def mistakes(text: str) -> list[tuple[int | None, str, str]]:
    """Return (line, place, remedy) of what is wrong with a mapping."""
    with pytest.raises(YamlRefused) as refused:
        read_mapping(text, "crm.yaml")
    return [(one.row, one.column, one.remedy.en) for one in refused.value.findings]


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one():
    (one,) = mistakes(ACCOUNTS.replace("rows:", "row:").replace("- file", "- rows: []\n    file"))[:1]

    assert one[:2] == (6, "files[1].row")
    assert one[2].startswith("Did you mean “rows”?")


def test_an_unknown_column_of_ours_is_named_with_what_is_possible():
    (one,) = mistakes(ACCOUNTS.replace("industry:", "sector:"))

    assert one == (7, "files[1].rows[1].set.sector", "Possible: code, name, industry, region, segment, partner.")


def test_all_mistakes_are_told_at_once():
    found = mistakes(
        "mapping: Ours!\ncurrency: euro\nfiles:\n  - rows:\n      - relation: deal\n        set: {code: a}\n"
    )

    assert [(line, place) for line, place, _ in found] == [
        (1, "mapping"),
        (2, "currency"),
        (5, "files[1].rows[1].relation"),
    ]


def test_what_a_new_record_would_lack_is_told():
    (one,) = mistakes(ACCOUNTS.replace("name: account, ", ""))

    assert one == (6, "files[1].rows[1]", "Set these columns.")


def test_a_value_without_an_origin_says_what_is_possible():
    found = mistakes(ACCOUNTS.replace("name: account", "name: {cell: account}"))

    assert any(line == 7 and "{join: [TITLE, TITLE]" in remedy for line, _, remedy in found)


@pytest.mark.parametrize(
    "text",
    ["", "files: [", "mapping: a\nfiles: &all\n  - rows: *all\n", "[" * 50, "mapping: a\nmapping: b\nfiles: []\n"],
    ids=["empty", "no-yaml", "anchors", "deep", "twice"],
)
def test_what_is_no_mapping_is_refused_and_not_loaded(text):
    assert mistakes(text)


@pytest.mark.parametrize("name", shipped_mappings())
def test_shipped_mappings_are_sound(name):
    mapping = shipped_mapping(name)

    assert mapping.name == name
    assert mapping.label.zh and mapping.label.en
