"""How the command line talks: errors people can act on, progress on stderr, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from dacheng.core.errors import DachengError, Finding, Text

Database = Annotated[
    str | None,
    typer.Option("--db", help="数据库 · database: sqlite:///FILE or postgres://user:pass@host/name", metavar="URL"),
]
SHOWN_FINDINGS = 20
REFUSED = 1


def language() -> str:
    """Return the language of the terminal: English only when its locale says so."""
    locale = os.environ.get("DACHENG_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return "en" if locale.lower().startswith("en") else "zh-hans"


def say(text: Text) -> None:
    """Print a sentence to stderr, so that standard output carries rows only."""
    print(text.in_language(language()), file=sys.stderr)


def asks_here() -> bool:
    """Tell whether somebody sits at a terminal and can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def tell(findings: Iterable[Finding]) -> None:
    """Print findings to stderr: where, what, what now; long lists are cut with a count."""
    listed = list(findings)
    for one in listed[:SHOWN_FINDINGS]:
        where = " ".join(part for part in (one.sheet, f"#{one.row}" if one.row else "", one.column) if part)
        words = f"{one.message.in_language(language())} {one.remedy.in_language(language())}".strip()
        print(f"[{one.severity}] {where}: {words}" if where else f"[{one.severity}] {words}", file=sys.stderr)
    if len(listed) > SHOWN_FINDINGS:
        rest = len(listed) - SHOWN_FINDINGS
        say(Text(f"……还有 {rest} 条。", f"… and {rest} more."))


def speaking(app: typer.Typer) -> Callable[[], None]:
    """Return the app as a function that says expected errors and exits 1 for them."""

    def run() -> None:
        try:
            app()
        except DachengError as problem:
            print(problem.sentence(language()), file=sys.stderr)
            sys.exit(REFUSED)

    return run
