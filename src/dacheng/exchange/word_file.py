"""Writing a document as a Word file (docx): A4, plain styles, the same bytes for the same document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dacheng.core.document import Block, Document, Grid, Heading

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TWIPS_WIDE = 9638
"""What is left between the margins of an A4 page, in twentieths of a point."""

MANY_COLUMNS = 4

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_FONTS = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Microsoft YaHei" w:cs="Arial"/>'
_SIZES = {
    "Title": (36, True),
    "Heading1": (26, True),
    "Normal": (21, False),
    "Quiet": (18, False),
    "Strong": (21, True),
    "Cell": (15, False),
}
"""Style -> size in half points, bold."""
_STYLE_OF = {"plain": "Normal", "quiet": "Quiet", "strong": "Strong"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def word_file(document: Document) -> bytes:
    """Return a document as a Word file."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for name, text in _parts(document).items():
            package.writestr(ZipInfo(name, _EPOCH), text, compress_type=ZIP_DEFLATED)
    return stream.getvalue()


def _parts(document: Document) -> Mapping[str, str]:
    return {
        "[Content_Types].xml": _HEAD
        + f'<Types xmlns="{_PACKAGE}/content-types">'
        + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + '<Default Extension="xml" ContentType="application/xml"/>'
        + f'<Override PartName="/word/document.xml" ContentType="{_PART}.document.main+xml"/>'
        + f'<Override PartName="/word/styles.xml" ContentType="{_PART}.styles+xml"/>'
        + f'<Override PartName="/word/footer1.xml" ContentType="{_PART}.footer+xml"/></Types>',
        "_rels/.rels": _relations([("rId1", "officeDocument", "word/document.xml")]),
        "word/_rels/document.xml.rels": _relations(
            [("rId1", "styles", "styles.xml"), ("rId2", "footer", "footer1.xml")]
        ),
        "word/document.xml": _document(document),
        "word/styles.xml": _styles(document.language),
        "word/footer1.xml": f'{_HEAD}<w:ftr xmlns:w="{_WORD}">{_paragraph(document.foot, "Quiet", "center")}</w:ftr>',
    }


def _relations(parts: list[tuple[str, str, str]]) -> str:
    told = "".join(f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{at}"/>' for name, kind, at in parts)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def _document(document: Document) -> str:
    body = "".join([_paragraph(document.title, "Title", "center"), *_blocks(document)])
    page = (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567"'
        ' w:gutter="0"/></w:sectPr>'
    )
    return f'{_HEAD}<w:document xmlns:w="{_WORD}" xmlns:r="{_OFFICE}"><w:body>{body}{page}</w:body></w:document>'


def _blocks(document: Document) -> Iterator[str]:
    for block in document.blocks:
        yield _block(block)


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return _paragraph(block.text, "Heading1")
    if isinstance(block, Grid):
        return _table(block) + _paragraph("", "Quiet")
    return _paragraph(block.text, _STYLE_OF[block.look])


def _table(grid: Grid) -> str:
    rows = [(grid.head, True)] if grid.head else []
    rows += [(row, False) for row in grid.rows]
    widths = _widths([row for row, _ in rows])
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="868F9D"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    shape = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(_row(row, grid, widths, head=head) for row, head in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{shape}</w:tblGrid>{body}</w:tbl>"
    )


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is: by its longest text, a Chinese sign counting as two."""
    longest = [max(sum(1 + (sign > "⺀") for sign in text) for text in column) for column in zip(*rows, strict=True)]
    parts = [max(4, min(one, 40)) for one in longest]
    return [TWIPS_WIDE * part // sum(parts) for part in parts]


def _row(texts: Sequence[str], grid: Grid, widths: Sequence[int], *, head: bool) -> str:
    """Return a row; a table of many columns is set smaller."""
    small = len(widths) > MANY_COLUMNS
    style = "Cell" if small else "Strong" if head else "Normal"
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(text, style, 'right' if at in grid.numbers else '')}</w:tc>"
        for at, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    kept = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    return f"<w:tr><w:trPr>{kept}</w:trPr>{cells}</w:tr>"


def _paragraph(text: str, style: str, at: str = "") -> str:
    placed = f'<w:jc w:val="{at}"/>' if at else ""
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{placed}</w:pPr>{run}</w:p>'


def _styles(language: str) -> str:
    spoken = "en-US" if language.startswith("en") else "zh-CN"
    told = "".join(_style(name, size, bold) for name, (size, bold) in _SIZES.items())
    defaults = f'<w:docDefaults><w:rPrDefault><w:rPr>{_FONTS}<w:lang w:val="{spoken}" w:eastAsia="zh-CN"/></w:rPr>'
    return f'{_HEAD}<w:styles xmlns:w="{_WORD}">{defaults}</w:rPrDefault></w:docDefaults>{told}</w:styles>'


def _style(name: str, size: int, bold: bool) -> str:
    before = {"Title": 0, "Heading1": 240}.get(name, 40)
    weight = "<w:b/>" if bold else ""
    main = ' w:default="1"' if name == "Normal" else ""
    return (
        f'<w:style w:type="paragraph"{main} w:styleId="{name}"><w:name w:val="{name}"/>'
        f'<w:pPr><w:spacing w:before="{before}" w:after="80"/></w:pPr>'
        f'<w:rPr>{_FONTS}{weight}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
    )
