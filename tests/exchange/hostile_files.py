"""Files that somebody might upload, made on the spot: honest ones, odd ones and attacks."""

from __future__ import annotations

import io
import os
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

CONTENT_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
ROOT_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="r3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
"""Style 1 is a date."""


def xlsx(
    rows: str | bytes = "",
    *,
    after: str = "",
    properties: str = "",
    sheet_name: str = "数据",
    parts: dict[str, str | bytes] | None = None,
) -> bytes:
    """Return an xlsx of one sheet whose XML rows are given as they are."""
    raw = rows.encode() if isinstance(rows, str) else rows
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + raw + f"</sheetData>{after}</worksheet>".encode()
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}'
        f'<sheets><sheet name="{sheet_name}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": BOOK_RELATIONS,
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet,
    }
    return zipped(whole | (parts or {}))


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """Return a zip of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return out.getvalue()


def row(number: int, *cells: str) -> str:
    """Return one row of XML; a cell is ``B="text"``-like: ``('B', '<v>1</v>')`` written as ``B|attributes|inner``."""
    inner = ""
    for cell in cells:
        letters, attributes, content = cell.split("|", 2)
        inner += f'<c r="{letters}{number}" {attributes}>{content}</c>'
    return f'<row r="{number}">{inner}</row>'


def text_cell(letters: str, text: str) -> str:
    """Return a cell of ``row`` that holds a text."""
    return f'{letters}|t="inlineStr"|<is><t xml:space="preserve">{text}</t></is>'


def number_cell(letters: str, value: object, *, attributes: str = "") -> str:
    """Return a cell of ``row`` that holds a number."""
    return f"{letters}|{attributes}|<v>{value}</v>"


def ballast(size: int = 1_500_000) -> dict[str, str | bytes]:
    """Return a part that does not compress, so that the zip's ratio looks honest."""
    return {"xl/media/image1.png": os.urandom(size)}


def declaring(archive: bytes, part: str, unpacked: int) -> bytes:
    """Return the zip with another declared size for one part, in the list of entries."""
    changed = bytearray(archive)
    at = archive.rfind(b"PK\1\2")
    while archive[at + 46 : at + 46 + len(part)] != part.encode():
        at = archive.rfind(b"PK\1\2", 0, at)
    struct.pack_into("<L", changed, at + 24, unpacked)
    return bytes(changed)


def as_csv(*records: str, encoding: str = "utf-8") -> bytes:
    """Return lines of csv in an encoding."""
    return "\r\n".join(records).encode(encoding)
