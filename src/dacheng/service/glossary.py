"""The glossary (术语表) as people read it at their screens: generated from GLOSSARY.md into ``defaults``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from dacheng.core.errors import Text

SECTION_MARK = " · "


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the product.

    Args:
        zh, en: what it is called; a pair such as won · lost is explained together.
        formula, unit: empty where it has none.
        section: what it is about.
    """

    zh: tuple[str, ...]
    en: tuple[str, ...]
    means: Text
    formula: str
    unit: str
    section: Text

    def names(self, language: str) -> tuple[str, ...]:
        """Return what it is called in a language."""
        return self.en if language.startswith("en") else self.zh

    def hint(self, language: str) -> str:
        """Return what it means in one or two sentences; the formula where its words are of the language."""
        english = language.startswith("en")
        return " ".join(filter(None, (self.means.in_language(language), self.formula if english else "")))


@lru_cache(maxsize=1)
def glossary() -> tuple[Term, ...]:
    """Return every term, in the order of GLOSSARY.md."""
    return tuple(
        Term(
            zh=tuple(one["zh"]),
            en=tuple(one["en"]),
            means=Text(**one["means"]),
            formula=one["formula"],
            unit=one["unit"],
            section=_section(one["section"]),
        )
        for one in json.loads(_text())
    )


@lru_cache(maxsize=1)
def edition() -> str:
    """Return a short name of the glossary as it is, so that a browser may keep it until it changes."""
    return sha256(_text().encode()).hexdigest()[:12]


def _section(title: str) -> Text:
    en, _, zh = title.partition(SECTION_MARK)
    return Text(zh or en, en)


def _text() -> str:
    return (files("dacheng") / "defaults/glossary.json").read_text(encoding="utf-8")
