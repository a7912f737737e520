"""A document as a Word file: a sound package that any program reads, the same bytes each time."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from dacheng.core.document import Document, Grid, Heading, Line
from dacheng.core.errors import RuleError
from dacheng.exchange.pdf_file import page_of, pdf_file
from dacheng.exchange.word_file import word_file

DOCUMENT = Document(
    "目标责任书",
    "zh-hans",
    [
        Heading("一、目标 & 更多"),
        Line("<甲方>", "quiet"),
        Grid(("指标", "合计"), [("合同额", "1.00")], frozenset({1})),
        Grid((), [("公司", "测试")]),
    ],
    "版本指纹 ABC",
)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_every_part_of_the_package_is_well_formed_and_named():
    package = ZipFile(BytesIO(word_file(DOCUMENT)))

    parts = {
        name: ElementTree.fromstring(package.read(name))
        for name in package.namelist()
        if name.endswith((".xml", ".rels"))
    }

    told = {one.get("PartName", "").lstrip("/") for one in parts["[Content_Types].xml"]}
    assert {"word/document.xml", "word/styles.xml", "word/footer1.xml"} <= told & set(parts)
    assert "版本指纹 ABC" in "".join(parts["word/footer1.xml"].itertext())


def test_texts_stand_in_order_with_what_needs_escaping():
    package = ZipFile(BytesIO(word_file(DOCUMENT)))

    body = ElementTree.fromstring(package.read("word/document.xml"))

    texts = [one.text for one in body.iter(f"{WORD}t")]
    assert texts == ["目标责任书", "一、目标 & 更多", "<甲方>", "指标", "合计", "合同额", "1.00", "公司", "测试"]


def test_the_same_document_gives_the_same_bytes():
    assert word_file(DOCUMENT) == word_file(DOCUMENT)


def test_the_page_behind_the_pdf_escapes_texts_and_marks_numbers():
    page = page_of(DOCUMENT)

    assert "&lt;甲方&gt;" in page and '<td class="num">1.00</td>' in page


MONTHS = tuple(f"{month} 月" for month in range(1, 13))
WIDE = Document("目标责任书", "zh-hans", [Grid(("指标", *MONTHS), [("合同额", *["1,234,567.00"] * 12)])])


def test_a_table_of_many_columns_is_set_smaller_so_that_it_stays_on_the_page():
    assert '<table class="wide widest">' in page_of(WIDE)
    assert "<table>" in page_of(DOCUMENT)


def test_a_document_is_written_as_pdf():
    try:
        written = pdf_file(WIDE)
    except RuleError as missing:
        pytest.skip(f"{missing}: apt-get install -y libpango-1.0-0 libpangoft2-1.0-0")

    assert written.startswith(b"%PDF-")
