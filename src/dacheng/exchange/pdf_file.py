"""Writing a document as PDF, where the PDF part is installed (``dacheng[pdf]``)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dacheng.core.document import Block, Document, Grid, Heading
from dacheng.core.errors import RuleError, Text

TYPE = "application/pdf"
NUMBER = ' class="num"'
MANY_COLUMNS, VERY_MANY_COLUMNS = 6, 10
PAPER = "PAPER"
UPRIGHT, WIDE = "size: A4; margin: 20mm", "size: A4 landscape; margin: 12mm 12mm 16mm"
_LOOK = """
@page { PAPER; @bottom-center { content: string(foot) "  " counter(page) " / " counter(pages);
  font-size: 8pt; color: #5d6878; } }
body { font: 10.5pt/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  color: #171e29; }
h1 { font-size: 18pt; text-align: center; } h2 { font-size: 13pt; margin: 6mm 0 2mm; }
p { margin: 1mm 0; } .quiet { font-size: 9pt; color: #5d6878; } .strong { font-weight: 700; }
.foot { string-set: foot content(); height: 0; overflow: hidden; margin: 0; }
table { width: 100%; border-collapse: collapse; margin-bottom: 3mm; } tr { break-inside: avoid; }
.wide { font-size: 7pt; } .wide th, .wide td { padding: 0.6mm 0.8mm; } .widest { font-size: 5pt; }
th, td { border: 0.5pt solid #868f9d; padding: 1mm 2mm; text-align: left; font-weight: 400; } th { font-weight: 700; }
.landscape { font-size: 9pt; } .landscape h1 { margin: 0 0 2mm; }
.landscape h2:not(:first-of-type) { break-before: page; }
.landscape :is(th, td) { padding: 0.5mm 1.2mm; } .landscape .wide { font-size: 8pt; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
"""


def pdf_file(document: Document) -> bytes:
    """Return a document as PDF.

    Raises:
        RuleError: the PDF part, or a library that it needs, is not installed; says what to install.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as problem:
        raise _not_installed() from problem
    nothing_from_outside = URLFetcher(allowed_protocols=())
    written: bytes = HTML(string=page_of(document), url_fetcher=nothing_from_outside).write_pdf()
    return written


def page_of(document: Document) -> str:
    """Return a document as a page of HTML on its own."""
    body = "".join(_block(block) for block in document.blocks)
    wide = ' class="landscape"' if document.wide else ""
    look = _LOOK.replace(PAPER, WIDE if document.wide else UPRIGHT)
    return (
        f'<!doctype html><html lang="{document.language}"><head><meta charset="utf-8"><title>{escape(document.title)}'
        f'</title><style>{look}</style></head><body{wide}><p class="foot">{escape(document.foot)}</p>'
        f"<h1>{escape(document.title)}</h1>{body}</body></html>"
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    if isinstance(block, Grid):
        head = f"<thead>{_row(block.head, block, 'th')}</thead>" if block.head else ""
        body = "".join(_row(row, block, "td") for row in block.rows)
        return f"<table{_width(block)}>{head}<tbody>{body}</tbody></table>"
    return f'<p class="{block.look}">{escape(block.text)}</p>'


def _width(grid: Grid) -> str:
    """Return the class of a table of many columns, which is set smaller so that it stays on the page."""
    columns = len(grid.rows[0]) if grid.rows else len(grid.head)
    if columns > VERY_MANY_COLUMNS:
        return ' class="wide widest"'
    return ' class="wide"' if columns > MANY_COLUMNS else ""


def _row(texts: Sequence[str], grid: Grid, tag: str) -> str:
    cells = "".join(
        f"<{tag}{NUMBER if at in grid.numbers else ''}>{escape(text)}</{tag}>" for at, text in enumerate(texts)
    )
    return f"<tr>{cells}</tr>"


def _not_installed() -> RuleError:
    return RuleError(
        Text("这台服务器没有安装 PDF 组件。", "This server has no PDF part installed."),
        Text(
            "先下载 Word；要 PDF 请管理员安装 dacheng[pdf] 和系统库 Pango。",
            "Take the Word file, or ask the administrator to install dacheng[pdf] and the library Pango.",
        ),
    )
