"""Every hostile file is refused with a reason, or read right; this process hardly grows and lives on."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.errors import Finding
from dacheng.exchange.reading import ErrorCell, FileRefused, Limits, Workbook, find_table, read_workbook
from tests.exchange.hostile_files import (
    MAIN,
    as_csv,
    ballast,
    declaring,
    number_cell,
    row,
    text_cell,
    xlsx,
    zipped,
)

MOST_GROWTH_MB = 20
STANDARD = Limits()


def refusal(source: bytes, limits: Limits = STANDARD) -> Finding:
    with pytest.raises(FileRefused) as caught:
        read_workbook(source, "hostile.xlsx", limits)
    finding = caught.value.finding
    assert finding.message.zh and finding.message.en and finding.remedy.zh and finding.remedy.en
    return finding


def memory_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def peak_growth_mb(act: Callable[[], object]) -> float:
    """Return by how much this process's peak memory passes what it held before."""
    Path("/proc/self/clear_refs").write_text("5")  # starts VmHWM anew
    before = memory_mb("VmRSS")
    act()
    return memory_mb("VmHWM") - before


@pytest.fixture(scope="module", autouse=True)
def _imports_done() -> None:
    read_workbook(as_csv("a,b", "1,2"))


def test_the_gauge_of_memory_sees_what_is_freed_again() -> None:
    assert 45 < peak_growth_mb(lambda: bytearray(b"x") * (50 * 1024 * 1024)) < 60


# Bombs -----------------------------------------------------------------------------------------


def test_a_zip_that_declares_more_than_200_mb_is_refused_in_milliseconds() -> None:
    bomb = xlsx(parts={"xl/worksheets/sheet1.xml": bytes(220 * 1024 * 1024)})

    start = time.perf_counter()
    finding = refusal(bomb)

    assert finding.rule == "file/zip-bomb"
    assert "220 MB" in finding.value
    assert time.perf_counter() - start < 0.1


def test_a_zip_that_packs_1000_to_1_is_refused() -> None:
    finding = refusal(xlsx(rows=b" " * 20_000_000))

    assert finding.rule == "file/zip-bomb"
    assert finding.value.endswith("> 1 : 150")


def test_one_gigabyte_of_shared_texts_is_refused_by_what_it_declares() -> None:
    bomb = declaring(xlsx(parts={"xl/sharedStrings.xml": "<sst/>"}), "xl/sharedStrings.xml", 1_000_000_000)

    finding = refusal(bomb)

    assert finding.rule == "file/zip-bomb"


def test_a_zip_that_declares_less_than_it_holds_is_refused_by_the_child() -> None:
    strings = f'<sst xmlns="{MAIN}">'.encode() + b"<si><t>x</t></si>" * 3_000_000 + b"</sst>"
    liar = declaring(xlsx(parts={"xl/sharedStrings.xml": strings}), "xl/sharedStrings.xml", 1_000)

    growth = peak_growth_mb(lambda: refusal(liar))

    assert growth < MOST_GROWTH_MB


def test_twenty_million_shared_texts_are_refused_whatever_the_ratio() -> None:
    strings = f'<sst xmlns="{MAIN}">'.encode() + b"<si/>" * 20_000_000 + b"</sst>"
    plain = xlsx(parts={"xl/sharedStrings.xml": strings})
    padded = xlsx(parts={"xl/sharedStrings.xml": strings, **ballast()})
    del strings

    rules = []
    growth = peak_growth_mb(lambda: rules.extend([refusal(plain).rule, refusal(padded).rule]))

    assert rules == ["file/zip-bomb", "file/too-large"]
    assert growth < MOST_GROWTH_MB


def test_overlapping_entries_are_refused() -> None:
    archive = bytearray(zipped({"a": "x" * 50_000, "b": "y" * 50_000, "c": "z"}))
    entries = [at for at in range(len(archive)) if archive[at : at + 4] == b"PK\1\2"]
    archive[entries[1] + 42 : entries[1] + 46] = archive[entries[0] + 42 : entries[0] + 46]

    finding = refusal(bytes(archive))

    assert finding.rule == "file/zip-bomb"
    assert finding.value == "entries overlap"


def test_a_zip_of_too_many_parts_is_refused_before_they_are_listed() -> None:
    crowd = zipped({f"xl/{number}": "" for number in range(6_000)})

    growth = peak_growth_mb(lambda: refusal(crowd))

    assert refusal(crowd).rule == "file/zip-bomb"
    assert growth < 5


def test_a_zip_within_a_zip_is_no_table() -> None:
    assert refusal(zipped({"inner.zip": zipped({"a": "x" * 100_000})})).rule == "file/not-a-table"


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "xl/..\\..\\x", "C:/x"])
def test_a_part_that_points_outside_the_zip_is_refused(name: str) -> None:
    assert refusal(xlsx(parts={name: "x"})).rule == "file/part-name"


def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(xlsx(row(1, number_cell("A", 1))))
    with zipfile.ZipFile(out, "a") as container:
        container.writestr("XL/worksheets/SHEET1.xml", "<worksheet/>")

    assert refusal(out.getvalue()).rule == "file/damaged"


# Declarations ----------------------------------------------------------------------------------

XXE = '<!DOCTYPE x [<!ENTITY leak SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("attack", [XXE, LAUGHS])
def test_a_declaration_in_any_part_is_refused_and_the_part_is_named(part: str, attack: str) -> None:
    finding = refusal(xlsx(parts={part: f'<?xml version="1.0"?>{attack}<x>&leak;</x>'}))

    assert (finding.rule, finding.value) == ("file/dtd", part)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_declaration_in_utf_16_is_refused(encoding: str) -> None:
    assert refusal(xlsx(parts={"xl/styles.xml": f"\ufeff{XXE}<x/>".encode(encoding)})).rule == "file/dtd"


def test_a_declaration_behind_a_megabyte_of_comment_is_refused() -> None:
    late = f"<!--{'x' * 2_000_000}-->{XXE}<worksheet/>"

    assert refusal(xlsx(parts={"xl/worksheets/sheet1.xml": late})).rule == "file/dtd"


# Extent ----------------------------------------------------------------------------------------


def test_a_cell_at_the_far_end_is_refused_by_name() -> None:
    source = xlsx(row(1, number_cell("A", 1)) + row(1_048_576, number_cell("XFD", 1)))

    finding = refusal(source)

    assert (finding.rule, finding.sheet, finding.row, finding.column) == ("file/far-cell", "数据", 1_048_576, "XFD")
    assert peak_growth_mb(lambda: refusal(source)) < MOST_GROWTH_MB


def test_a_far_row_of_a_wide_table_is_refused_by_its_area() -> None:
    finding = refusal(xlsx(row(1, number_cell("A", 1), number_cell("T", 1)) + row(1_000_000, number_cell("B", 1))))

    assert (finding.rule, finding.row) == ("file/far-cell", 1_000_000)


def test_a_far_cell_that_the_scan_cannot_see_ends_the_child_and_not_the_server() -> None:
    hidden = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"

    finding = refusal(xlsx(hidden))

    assert finding.rule == "file/memory"
    assert finding.value == "1,024 MB"


def test_formats_without_values_to_the_far_end_are_not_refused() -> None:
    formatted = row(1, number_cell("A", 1)) + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'

    sheet = read_workbook(xlsx(formatted)).sheet()

    assert (sheet.row_count, sheet.column_count) == (1, 1)


def test_ten_million_rows_of_csv_are_refused_at_the_row_that_is_too_many() -> None:
    source = b"1\n" * 10_000_000

    findings: list[Finding] = []
    growth = peak_growth_mb(lambda: findings.append(refusal(source)))

    assert [(finding.rule, finding.row) for finding in findings] == [("file/too-large", 1_048_577)]
    assert growth < MOST_GROWTH_MB


def test_more_rows_than_a_sheet_may_have_are_refused_in_xlsx() -> None:
    source = xlsx(b"<row><c><v>1</v></c></row>" * 1_100_000, parts=ballast())

    finding = refusal(source)

    assert (finding.rule, finding.row) == ("file/too-large", 1_100_000)


def test_too_many_columns_are_refused_with_their_row() -> None:
    finding = refusal(as_csv("a,b", ",".join("x" * 1_001)))

    assert (finding.rule, finding.row) == ("file/too-large", 2)


def test_too_many_cells_are_refused() -> None:
    finding = refusal(as_csv(*["a,b,c"] * 40), Limits(cells=100))

    assert (finding.rule, finding.row) == ("file/too-large", 34)


def test_a_text_longer_than_a_cell_is_refused_with_its_place() -> None:
    finding = refusal(xlsx(row(7, text_cell("B", "长" * 40_000))))

    assert (finding.rule, finding.sheet, finding.row, finding.column) == ("file/long-text", "数据", 7, "B")


def test_an_unclosed_quotation_mark_is_refused_with_the_row_where_it_opens() -> None:
    finding = refusal(as_csv("名称,金额", 'A,"1', *["B,2"] * 20_000))

    assert (finding.rule, finding.row) == ("file/long-text", 2)
    assert "quote" in finding.message.en


def test_a_file_larger_than_the_limit_is_refused_unread() -> None:
    assert refusal(b"x" * 2_000, Limits(file_bytes=1_000)).rule == "file/too-large"


# Time and the process -----------------------------------------------------------------------------


def test_a_file_that_takes_too_long_is_stopped_by_its_processor_time() -> None:
    slow = as_csv(*["1,2,3,4,5,6,7,8"] * 1_000_000)

    start = time.perf_counter()
    finding = refusal(slow, Limits(cpu_seconds=1))

    assert finding.rule == "file/time"
    assert time.perf_counter() - start < 10


def test_a_file_that_takes_too_long_is_stopped_by_the_clock() -> None:
    slow = as_csv(*["1,2,3,4,5,6,7,8"] * 1_000_000)

    assert refusal(slow, Limits(wall_seconds=1)).rule == "file/time"


def test_the_child_sees_no_secret_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    seen: dict[str, str] = {}
    run = subprocess.run

    def spy(*args: object, **kwargs: object) -> object:
        seen.update(kwargs["env"])  # type: ignore[call-overload]
        return run(*args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setenv("DACHENG_SECRET_KEY", "s3cret")
    monkeypatch.setattr(subprocess, "run", spy)

    read_workbook(as_csv("a,b"))

    assert "PATH" in seen
    assert "DACHENG_SECRET_KEY" not in seen


# Damage and disguise --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "file/empty"),
        (b"\r\n \t\r\n", "file/empty"),
        (b"%PDF-1.7 ...", "file/not-a-table"),
        (b"\x89PNG\r\n\x1a\n", "file/not-a-table"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "file/not-a-table"),
        ('<?xml version="1.0"?><Workbook/>'.encode("utf-16"), "file/not-a-table"),
        (bytes(range(256)) * 40, "file/not-a-table"),
        (b"PK\x03\x04 and no more", "file/damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "file/damaged"),
        (zipped({"xl/workbook.bin": "x", "[Content_Types].xml": "x"}), "file/not-a-table"),
        (zipped({"word/document.xml": "x", "[Content_Types].xml": "x"}), "file/not-a-table"),
        (xlsx(parts={"xl/workbook.xml": "<not-closed>"}), "file/damaged"),
        (b"a,b\n\x81\x00\x00\xff\xff", "file/not-a-table"),
    ],
)
def test_what_is_no_table_is_refused_for_what_it_is(content: bytes, rule: str) -> None:
    assert refusal(content).rule == rule


def test_an_encrypted_workbook_is_refused_for_its_password() -> None:
    archive = bytearray(xlsx(row(1, number_cell("A", 1))))
    for at in range(len(archive) - 4):
        if archive[at : at + 4] == b"PK\1\2":
            archive[at + 8] |= 1

    assert refusal(bytes(archive)).rule == "file/password"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_but_never_breaks_anything(data: st.DataObject) -> None:
    whole = bytearray(xlsx(row(1, text_cell("A", "名称"), number_cell("B", 12.5))))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(whole) // 2, len(whole)))

    try:
        outcome: Workbook | FileRefused = read_workbook(bytes(whole[:cut]))
    except FileRefused as error:
        outcome = error

    assert isinstance(outcome, FileRefused) or outcome.sheets is not None


# Cells -------------------------------------------------------------------------------------------


def test_values_that_are_no_number_become_error_cells() -> None:
    source = xlsx(row(1, number_cell("A", "NaN"), number_cell("B", "1e400"), number_cell("C", "-1e400")))

    cells = next(iter(read_workbook(source).sheet().rows)).cells

    assert cells == (ErrorCell("#NUM!"),) * 3


def test_cells_that_look_like_formulas_stay_texts_to_the_letter() -> None:
    texts = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "\t=1", "\r=1"]
    quoted = ",".join('"' + text + '"' for text in texts)

    cells = next(iter(read_workbook(as_csv(quoted)).sheet().rows)).cells

    assert list(cells) == texts


def test_a_hostile_header_does_not_slow_the_search_for_a_table_down() -> None:
    record = ",".join(["1" * 30_000 + "x"] * 20)
    sheet = read_workbook(as_csv(*[record] * 20, "名称,金额,日期", "北辰,1,2026-01-05")).sheet()

    start = time.perf_counter()
    table = find_table(sheet)

    assert table.header_row == 21
    assert time.perf_counter() - start < 2
