"""Findings as they travel: where, what, what now, in the caller's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ninja import Schema
from pydantic import Field

from dacheng.core.errors import Finding


class ShownFinding(Schema):
    """One problem: `block` keeps a row out, `warn` lets it in, `note` informs."""

    rule: str
    severity: Literal["block", "warn", "note"]
    message: str
    remedy: str
    sheet: str
    row: int | None = Field(description="the sheet's own row number; null: about the whole")
    column: str
    value: str


def shown_findings(findings: Iterable[Finding], language: str) -> list[ShownFinding]:
    """Return findings in a language."""
    return [
        ShownFinding(
            rule=one.rule,
            severity=one.severity,
            message=one.message.in_language(language),
            remedy=one.remedy.in_language(language),
            sheet=one.sheet,
            row=one.row,
            column=one.column,
            value=one.value,
        )
        for one in findings
    ]
