"""Writing a document as a Word file (docx): A4, plain styles, the same bytes for the same document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document as new_word_document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Row
from docx.text.paragraph import Paragraph

from dacheng.core.document import Block, Document, Grid, Heading

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE, MARGIN = (Mm(210), Mm(297)), Mm(20)
INK = RGBColor(0x17, 0x1E, 0x29)
MANY_COLUMNS = 4

_SIZES = {
    "Title": (18, True),
    "Heading 1": (13, True),
    "Normal": (10.5, False),
    "Quiet": (9, False),
    "Strong Line": (10.5, True),
    "Cell": (7.5, False),
}
"""Style -> size in points, bold."""
_STYLE_OF = {"plain": "Normal", "quiet": "Quiet", "strong": "Strong Line"}
_FONTS = {"ascii": "Arial", "hAnsi": "Arial", "eastAsia": "Microsoft YaHei", "cs": "Arial"}
_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001  a package knows no zones


def word_file(document: Document) -> bytes:
    """Return a document as a Word file."""
    word = new_word_document()
    _lay_out(word, document)
    word.add_paragraph(document.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in document.blocks:
        _add(word, block)
    saved = BytesIO()
    word.save(saved)
    return _without_clock(saved)


def _lay_out(word: WordDocument, document: Document) -> None:
    """Set page, fonts, language, the foot of every page and what a file tells about itself."""
    (section,) = word.sections
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    for name, (size, bold) in _SIZES.items():
        known = name in word.styles
        style = word.styles[name] if known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _set_font(style, size, bold=bold)
    _speak(word.styles["Normal"], "en-US" if document.language.startswith("en") else "zh-CN")
    foot = section.footer.paragraphs[0]
    foot.text, foot.style, foot.alignment = document.foot, word.styles["Quiet"], WD_ALIGN_PARAGRAPH.CENTER
    about = word.core_properties
    about.title, about.author, about.comments = document.title, "", ""
    about.created = about.modified = _NO_TIME


def _set_font(style: ParagraphStyle, size: float, *, bold: bool) -> None:
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()  # the fonts of a theme would win
    for script, name in _FONTS.items():
        fonts.set(qn(f"w:{script}"), name)
    style.paragraph_format.space_before = Pt({"Title": 0, "Heading 1": 12}.get(style.name or "", 2))
    style.paragraph_format.space_after = Pt(4)
    for line in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        line.getparent().remove(line)  # no rule under the title


def _speak(style: ParagraphStyle, language: str) -> None:
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), language)
    told.set(qn("w:eastAsia"), "zh-CN")
    style.element.get_or_add_rPr().append(told)


def _add(word: WordDocument, block: Block) -> None:
    if isinstance(block, Heading):
        word.add_paragraph(block.text, style="Heading 1")
    elif isinstance(block, Grid):
        _add_table(word, block)
        word.add_paragraph(style="Quiet")
    else:
        word.add_paragraph(block.text, style=_STYLE_OF[block.look])


def _add_table(word: WordDocument, grid: Grid) -> None:
    """Add a table; its first row is repeated on every page, one of many columns is set smaller."""
    rows = [grid.head, *grid.rows] if grid.head else list(grid.rows)
    widths = _widths(rows)
    style = "Cell" if len(widths) > MANY_COLUMNS else "Normal"
    table = word.add_table(len(rows), len(widths), style="Table Grid")
    table.autofit = False
    for at, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        head = at == 0 and bool(grid.head)
        _keep_together(row, head=head)
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[column]
            _fill(cell.paragraphs[0], text, word.styles[style], bold=head, right=column in grid.numbers)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _fill(paragraph: Paragraph, text: str, style: ParagraphStyle, *, bold: bool, right: bool) -> None:
    paragraph.style = style
    paragraph.add_run(text).bold = bold or None
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _keep_together(row: _Row, *, head: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _widths(rows: Sequence[Sequence[str]]) -> list[Length]:
    """Return how wide each column is: by its longest text, a Chinese sign counting as two."""
    longest = [max(sum(1 + (sign > "⺀") for sign in text) for text in column) for column in zip(*rows, strict=True)]
    parts = [max(4, min(one, 40)) for one in longest]
    whole = PAGE[0] - 2 * MARGIN
    return [Length(whole * part // sum(parts)) for part in parts]


def _without_clock(saved: BytesIO) -> bytes:
    """Return the package with no time of writing in it."""
    packed = BytesIO()
    with ZipFile(saved) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as package:
        for name in parts.namelist():
            part = ZipInfo(name, _NO_TIME.timetuple()[:6])
            package.writestr(part, parts.read(name), compress_type=ZIP_DEFLATED)
    return packed.getvalue()
