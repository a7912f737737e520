"""What an import notices: problems of rows, and one line for what many rows share (导入发现)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from dacheng.core.errors import Finding, Severity, Text
from dacheng.exchange.problems import ValueProblem

Words = Mapping[tuple[int, str], Mapping[str, int]]
"""(Table, column key) -> text -> how many rows hold it."""

MOST_WORDS = 200
"""Different texts of a column that are counted."""

MOST_OF_A_KIND = 50
"""Findings of one rule and column; what is beyond is told as a number."""

SEVERITIES: tuple[Severity, ...] = ("block", "warn", "note")


class Place(NamedTuple):
    """A row of one of the tables."""

    table: int
    row: int


class HasPlace(Protocol):
    """What comes from a row, or from nowhere in the files."""

    @property
    def place(self) -> Place | None:
        """Return the row."""


Placed = TypeVar("Placed", bound=HasPlace)


class Shared(NamedTuple):
    """What many rows share and what is told once.

    Args:
        kind: a key of ``telling.SAID``.
        title: the column as the file calls it.
        key: the column as the mapping calls it.
        value, meant: what was seen, and what it is taken for or probably means.
        label: our own name of the thing.
    """

    kind: str
    table: int
    title: str = ""
    key: str = ""
    value: str = ""
    meant: str = ""
    label: Text = Text("", "")


@dataclass(slots=True)
class Count:
    """How many rows share it, and the first."""

    row: int
    rows: int = 0


@dataclass
class Noticed:
    """Everything noticed so far.

    Args:
        labels: what messages call each table.
        refused: row -> why it stays out.
        shared: what is told once, with its count.
        words: texts of columns that are explained one by one.
    """

    labels: list[str]
    findings: list[Finding] = field(default_factory=list)
    refused: dict[Place, list[Text]] = field(default_factory=dict)
    shared: dict[Shared, Count] = field(default_factory=dict)
    words: dict[tuple[int, str], dict[str, int]] = field(default_factory=dict)
    _kinds: dict[tuple[str, int, str], int] = field(default_factory=dict)
    _counted: set[tuple[Shared, int]] = field(default_factory=set)

    def word(self, text: str, table: int, key: str) -> None:
        """Count a text of a column."""
        counted = self.words.setdefault((table, key), {})
        if text in counted or len(counted) < MOST_WORDS:
            counted[text] = counted.get(text, 0) + 1

    def cell(self, problem: ValueProblem, place: Place, column: str) -> None:
        """Keep the problem of a cell; one that blocks refuses its row."""
        found = problem.finding(row=place.row, column=column, sheet=self.labels[place.table])
        self.row(found, place)

    def refuse(self, rule: str, place: Place, message: Text, remedy: Text, column: str = "", value: str = "") -> None:
        """Refuse a row, with a finding."""
        self.row(Finding(rule, message, remedy, "block", self.labels[place.table], place.row, column, value), place)

    def row(self, finding: Finding, place: Place) -> None:
        """Keep a finding about a row; one that blocks refuses it."""
        if finding.severity == "block":
            self.keep_out(place, finding)
        self.keep(finding, place.table)

    def keep(self, finding: Finding, table: int) -> None:
        """Keep a finding about a table, as long as there are not too many of its kind."""
        kind = (finding.rule, table, finding.column)
        self._kinds[kind] = self._kinds.get(kind, 0) + 1
        if self._kinds[kind] <= MOST_OF_A_KIND:
            self.findings.append(finding)

    def keep_out(self, place: Place, finding: Finding) -> None:
        """Refuse a row whose finding is told elsewhere, once for many."""
        zh, en = (f"{finding.column}：", f"{finding.column}: ") if finding.column else ("", "")
        reason = Text(f"{zh}{finding.message.zh}{finding.remedy.zh}", f"{en}{finding.message.en} {finding.remedy.en}")
        self.refused.setdefault(place, []).append(reason)

    def not_refused(self, drafts: Sequence[Placed]) -> list[Placed]:
        """Return what does not come from a refused row."""
        return [draft for draft in drafts if draft.place is None or draft.place not in self.refused]

    def share(self, shared: Shared, row: int, *, once: bool = False) -> None:
        """Count one more row of what is told once.

        Args:
            once: the same row may come again and then counts no more.
        """
        if once and (shared, row) in self._counted:
            return
        if once:
            self._counted.add((shared, row))
        count = self.shared.get(shared)
        if count is None:
            count = self.shared[shared] = Count(row)
        count.rows += 1

    def closed(self) -> tuple[Finding, ...]:
        """Return all findings, what blocks first; a kind that was cut ends with its number."""
        order = {severity: at for at, severity in enumerate(SEVERITIES)}
        return tuple(sorted([*self.findings, *self._cut()], key=lambda one: order[one.severity]))

    def _cut(self) -> list[Finding]:
        more = {kind: count - MOST_OF_A_KIND for kind, count in self._kinds.items() if count > MOST_OF_A_KIND}
        return [
            Finding(
                rule,
                Text(f"另有 {count:,} 处相同。", f"{count:,} more like this."),
                severity="note",
                sheet=self.labels[table],
                column=column,
            )
            for (rule, table, column), count in more.items()
        ]
