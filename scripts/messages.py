"""Keep the English of every sentence: extract, update and compile the translations.

    python scripts/messages.py update     bring django.po up to date with the templates and the code
    python scripts/messages.py check      say what has no English yet; exit 1 if anything
    python scripts/messages.py compile    write django.mo

Sentences are written in Chinese where they are used; no gettext tools are needed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "dacheng"
CATALOG = PACKAGE / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}

HEADER = "# English of every sentence; msgids are the Chinese. `python scripts/messages.py update` renews it."
SINCE = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that only sentences make a difference between two versions

_STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(_|gettext|ngettext)\(\s*({_STRING})\s*(?:,\s*({_STRING}))?")

Message = str | tuple[str, str]
Found = tuple[str, int, Message, str | None]


def found_messages(package: Path = PACKAGE) -> Iterator[Found]:
    """Yield (place, line, message, context) of every sentence of the package; a counted one is a pair.

    The context tells apart what Chinese says in the same words: a button from what the log says was done.
    """
    for path in sorted(package.rglob("*.html")):
        yield from _in_template(path, path.relative_to(package.parent).as_posix())
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package.parent).as_posix()
        for line, message, _comments, context in extract_from_file("python", str(path), keywords=KEYWORDS):
            yield place, line, message if isinstance(message, str) else (message[0], message[1]), context


def _in_template(path: Path, place: str) -> Iterator[Found]:
    # Django rewrites its tags as gettext calls; everything else becomes X, so lines stay where they were.
    code = templatize(path.read_text(encoding="utf-8"), origin=place)
    for call in _CALL.finditer(code):
        line = code.count("\n", 0, call.start()) + 1
        one = ast.literal_eval(call[2])
        yield place, line, (one, ast.literal_eval(call[3])) if call[1] == "ngettext" and call[3] else one, None


def extracted() -> Catalog:
    """Return a catalog of every sentence, without English."""
    catalog = Catalog(
        project="dacheng",
        version="1",
        domain="django",
        locale="en",
        header_comment=HEADER,
        msgid_bugs_address="-",
        last_translator="The Dacheng authors",
        language_team="-",
        creation_date=SINCE,
        revision_date=SINCE,
        fuzzy=False,
    )
    for place, line, message, context in found_messages():
        flags = ["python-format"] if _has_places(message) else []
        catalog.add(message, locations=[(place, line)], flags=flags, context=context)
    return catalog


def _has_places(message: Message) -> bool:
    return "%" in (message if isinstance(message, str) else message[0])


def english() -> Catalog:
    """Return the catalog as it is kept."""
    with CATALOG.open("rb") as stream:
        return read_po(stream, locale="en", domain="django")


def untranslated() -> list[str]:
    """Return every sentence that has no English, and every English that nothing uses."""
    kept, wanted = english(), extracted()
    missing = [message for message in wanted if message.id and not _is_said(kept.get(message.id, message.context))]
    unused = [message for message in kept if message.id and wanted.get(message.id, message.context) is None]
    return [f"no English: {message.id}" for message in missing] + [f"not used: {message.id}" for message in unused]


def _is_said(message: object) -> bool:
    said = getattr(message, "string", "")
    return all(said) if isinstance(said, tuple | list) else bool(said)


def update() -> None:
    """Add new sentences to django.po and drop those that nothing uses; what is translated stays."""
    wanted = extracted()
    kept = english() if CATALOG.exists() else Catalog(locale="en", domain="django")
    for message in wanted:
        old = kept.get(message.id, message.context) if message.id else None
        if old is not None and _is_said(old):
            message.string = old.string
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    with CATALOG.open("wb") as stream:
        write_po(stream, wanted, width=120, sort_by_file=True, omit_header=False, include_lineno=False)


def compile_catalog() -> Path:
    """Write django.mo beside django.po and return its path."""
    target = CATALOG.with_suffix(".mo")
    with target.open("wb") as stream:
        write_mo(stream, english())
    return target


def main(argument: str) -> int:
    """Run one of the three commands; return the exit code."""
    if argument == "update":
        update()
    elif argument == "compile":
        compile_catalog()
    elif argument != "check":
        print(__doc__)
        return 2
    missing = untranslated()
    print("\n".join(missing) or "every sentence has its English")
    return 1 if argument == "check" and missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
