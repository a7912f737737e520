"""Texts lose what nobody typed on purpose and keep everything else."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.exchange.cells import Cell, ErrorCell
from dacheng.exchange.values import Notes, ValueProblem, folded, header_key, parse_text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\ufeff 北辰\u200b智造 ", "北辰智造"),
        ("Ac\u200dme", "Acme"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("𠮷野家", "𠮷野家"),
        ("Cafe\u0301", "Café"),
        ("'+86 138", "+86 138"),
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("ＡＢＣ（北京）", "ＡＢＣ（北京）"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("a\x00b\x1fc", "abc"),
        ("NA", "NA"),
        ("00123", "00123"),
        (12345, "12345"),
        (Decimal("1E+2"), "100"),
        (True, "TRUE"),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime.fromisoformat("2026-01-05T08:30"), "2026-01-05 08:30:00"),
    ],
)
def test_texts_are_read_as_they_were_meant(cell: Cell, text: str) -> None:
    assert parse_text(cell) == text


@pytest.mark.parametrize("cell", [None, "", " \t ", "NULL", "None", "无", "N/A", "Select", "-"])
def test_placeholders_are_missing(cell: Cell) -> None:
    assert parse_text(cell) is None


def test_placeholders_are_texts_where_the_column_says_so() -> None:
    assert parse_text("None", placeholders=False) == "None"


def test_digits_lost_in_a_number_cell_are_told() -> None:
    notes: Notes = []

    text = parse_text(Decimal("1.2345678901234567E+19"), notes=notes)

    assert text == "12345678901234567000"
    assert [(note.rule, note.severity) for note in notes] == [("text/lost-digits", "warn")]


def test_digits_of_a_text_cell_are_whole() -> None:
    notes: Notes = []

    assert parse_text("12345678901234567890", notes=notes) == "12345678901234567890"
    assert notes == []


@pytest.mark.parametrize(("cell", "rule"), [("长" * 501, "text/too-long"), (ErrorCell("#NAME?"), "value/error-cell")])
def test_what_is_no_text_is_refused(cell: Cell, rule: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        parse_text(cell)

    assert caught.value.rule == rule


@given(st.text())
def test_reading_a_text_again_changes_nothing(text: str) -> None:
    once = parse_text(text, limit=10**6)

    assert once is None or once.startswith("'") or parse_text(once, limit=10**6) == once


@given(st.text())
def test_a_folded_text_is_stable_under_width_and_case(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(unicodedata.normalize("NFKC", text)) == folded(text)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("*客户名称", "客户名称"),
        ("客户\n名称", "客户名称"),
        ("客户 ID", "客户id"),
        ("Deal Owner", "deal owner"),
        ("Target  Amount", "target amount"),
        ("金额（元）", "金额(元)"),
        ("负责人：", "负责人"),
        ("% Billed", "% billed"),
    ],
)
def test_header_keys(title: str, key: str) -> None:
    assert header_key(title) == key
