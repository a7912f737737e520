"""Write src/dacheng/defaults/glossary.json from GLOSSARY.md: `.venv/bin/python -m scripts.write_glossary`.

The words of the glossary are written once, for readers of the code and for people at their screens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "GLOSSARY.md"
FILE = ROOT / "src/dacheng/defaults/glossary.json"
CELLS = 7
ON_SCREEN = re.compile(r"\*(\w[\w ]*)\*")
"""How a word is called on screen, where code calls it otherwise: "deal in code, *Opportunity* on screen"."""


def terms() -> list[dict[str, object]]:
    """Return the terms of the glossary in its order.

    Raises:
        ValueError: a row has not as many cells as the head; the row is named.
    """
    return [
        {
            "zh": _names(zh),
            "en": [found.group(1)] if (found := ON_SCREEN.search(en)) else _names(re.sub(r"\(.*?\)", "", en)),
            "means": {"zh": means, "en": _plain(definition)},
            "formula": "" if formula == "–" else _plain(formula),
            "unit": "" if unit == "–" else unit,
            "section": section,
        }
        for section, (zh, en, means, definition, formula, unit, _where) in _rows()
    ]


def _rows() -> Iterator[tuple[str, list[str]]]:
    section = ""
    for line in GLOSSARY.read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| ") else []
        if cells and cells[0] != "中文":
            if len(cells) != CELLS:
                raise ValueError(
                    f"GLOSSARY.md: “{cells[0]}” has {len(cells)} cells, not {CELLS}: say it in both languages"
                )
            yield section, cells


def _names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split("·")]


def _plain(text: str) -> str:
    return text.replace("`", "")


def glossary_text() -> str:
    """Return what the file should hold."""
    return json.dumps(terms(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(glossary_text(), encoding="utf-8")
