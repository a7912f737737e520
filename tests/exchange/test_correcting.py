"""Single columns of a written mapping are read as somebody says; the rest of it stays."""

from __future__ import annotations

import pytest

from dacheng.exchange.correcting import NOT_READ, corrected, corrections
from dacheng.exchange.mapping import Constant, FromColumn, Recognised
from dacheng.exchange.mapping_file import read_mapping, shipped_mapping, shipped_mappings, shipped_text
from dacheng.exchange.matching import match
from dacheng.exchange.reading import read_workbook
from tests.exchange.mapping_cases import staged

DEALS = """
mapping: crm
files:
  - columns:
      value: {titles: [Value], unit: 万元}
    rows:
      - relation: customers
        repeats: true
        set: {code: firm, name: firm}
      - relation: deals
        set: {code: id, name: title, owner: {is: E1}, customer: firm, stage: phase, amount: value}
        steps:
          - from: {day: import}
            when: {phase: {not: lost}}
            set: {amount: value}
          - from: {day: import}
            when: {phase: lost}
            set: {amount: {is: 0}, loss_reason: {known: why}}
"""
ROWS = "id,title,firm,phase,value,why,net (元),text\nD1,泵站,北辰,need,12,,5,好\nD2,水厂,北辰,lost,9,价格,5,好\n"


def read_as(told: dict[str, str], text: str = DEALS, rows: str = ROWS) -> str:
    """Return the text of a mapping that reads columns of a file otherwise."""
    ((one,), _) = match([read_workbook(rows.encode(), "crm.csv")], read_mapping(text))
    return corrected(text, 0, corrections(one, told))


def rows_of(text: str):
    """Return the rows that the first file yields."""
    return read_mapping(text).files[0].yields


def test_a_field_takes_another_column_with_its_unit_wherever_it_took_one():
    text = read_as({"net (元)": "deals.amount"})

    deals = rows_of(text)[1]
    assert [deals.values["amount"], deals.steps[0].values["amount"], deals.steps[1].values["amount"]] == [
        FromColumn("net (元)"), FromColumn("net (元)"), Constant("0"),
    ]  # fmt: skip
    assert staged(text, crm=ROWS).batch.rows[1].later == ()
    assert "unit: '元'" in text or "unit: 元" in text


def test_a_column_that_becomes_a_field_is_read_as_nothing_else():
    text = read_as({"title": "deals.next_step", "text": "deals.name"})

    deals = rows_of(text)[1]
    assert (deals.values["next_step"], deals.values["name"]) == (FromColumn("title"), FromColumn("text"))


def test_a_column_that_shall_not_be_read_is_left_out_and_still_tells_rows_apart():
    text = read_as({"phase": NOT_READ}, DEALS.replace("stage: phase, ", "stage: {is: need}, next_step: phase, "))

    deals = rows_of(text)[1]
    assert "next_step" not in deals.values
    assert deals.steps[1].when[0].column == "phase"


def test_a_record_that_a_column_may_name_stays_one_that_it_only_may_name():
    text = read_as({"text": "deals.loss_reason"})

    assert rows_of(text)[1].steps[1].values["loss_reason_id"] == Recognised("text")


def test_what_nobody_knows_changes_nothing():
    text = read_as({"no such column": "deals.amount", "value": "deals.no_such_field", "why": ""})

    assert read_mapping(text) == read_mapping(DEALS)


@pytest.mark.parametrize("name", shipped_mappings())
def test_writing_a_shipped_mapping_anew_changes_nothing_of_what_it_reads(name):
    text = shipped_text(name)

    assert read_mapping(corrected(text, 0, ())) == shipped_mapping(name)
