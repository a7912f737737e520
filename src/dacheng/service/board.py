"""The board of open deals (商机看板): one column a stage, each the pipeline report narrowed to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from dacheng.core.book import Book
from dacheng.core.deals.schema import DEALS, OPEN, STAGES
from dacheng.core.table import EVERY_ROW, Table
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.reports import Answer, run_report
from dacheng.store.identity import hidden
from dacheng.store.queries.labels import labels_of
from dacheng.store.standing import standing_uid

REPORT = "tables/pipeline"
CARDS = 12
"""Cards of a column that are shown at once; the next ones follow on scrolling."""

IN_ORDER = "SELECT stage_id, set_id, position, state FROM stages ORDER BY set_id, position, stage_id"
CARRIED = {"customers": "customer_id", "people": "owner_id", "deals": "deal_id"}
"""Relations that a card names -> the column of the report."""


@dataclass(frozen=True, slots=True)
class BoardStage:
    """A stage of the board: its name as of now, and whether a deal in it is open."""

    stage_id: int
    set_id: int
    state: int
    name: Name

    @property
    def open(self) -> bool:
        """Tell whether deals stand in the stage; in a closing one they end."""
        return self.state == OPEN


@dataclass(frozen=True)
class Board:
    """The stages of one set in order, and every set that can be chosen.

    Args:
        stages: of the chosen set; all_sets: id -> name of every set that has a stage.
    """

    set_id: int
    stages: tuple[BoardStage, ...]
    sets: Mapping[int, Name]

    def stage(self, uid: UUID) -> BoardStage:
        """Return a stage of the set by its public id.

        Raises:
            NotFound: the set has no such stage.
        """
        for one in self.stages:
            if one.name.uid == str(uid):
                return one
        raise hidden(STAGES.label)


def board_of(book: Book, wanted: str = "", *, holding: UUID | None = None) -> Board:
    """Return the board of a stage set as it stands on the Book's day.

    Args:
        wanted: code of the set; empty or unknown = the first.
        holding: public id of a stage whose set is wanted.
    """
    rows = book.gather(IN_ORDER)
    found = list(zip(*(rows[name].tolist() for name in ("stage_id", "set_id", "state")), strict=True))
    ids = {"stages": {stage for stage, _set, _state in found}, "stage_sets": {own for _stage, own, _state in found}}
    names = DatabaseNames().names_of(ids)
    stages = [BoardStage(stage, own, state, names["stages"][stage]) for stage, own, state in found]
    chosen = next((one.set_id for one in stages if holding and one.name.uid == str(holding)), 0)
    sets = {own: names["stage_sets"][own] for own in dict.fromkeys(one.set_id for one in stages)}
    chosen = chosen or next((own for own, name in sets.items() if name.code == wanted), next(iter(sets), 0))
    return Board(chosen, tuple(one for one in stages if one.set_id == chosen), sets)


def cards_of(book: Book, given: Mapping[str, str], stage: BoardStage, *, first: int = 0) -> Answer:
    """Return the open deals of a stage, one page of cards; its totals are those of all of them.

    Raises:
        RuleError: a filter is not understood.
    """
    page = {"limit": str(CARDS), "offset": str(first)}
    return run_report(REPORT, {**given, "stage": stage.name.code, **page}, book=book, names=DatabaseNames())


def card_of(answer: Answer, deal_id: int) -> Table:
    """Return the table of a column narrowed to one deal: one row, or none when the filter leaves it out."""
    return answer.report.run(answer.book, **{**answer.params, "page": EVERY_ROW, "only": (deal_id,)})


def names_on(tables: Iterable[Table]) -> Mapping[str, Mapping[int, Name]]:
    """Return the names of everything that cards show, in one query a relation."""
    wanted: dict[str, set[int]] = {relation: set() for relation in CARRIED}
    for table in tables:
        for relation, column in CARRIED.items():
            wanted[relation].update(table.values[column].tolist())
    return DatabaseNames().names_of(wanted)


def versions_of(tables: Iterable[Table]) -> dict[int, tuple[UUID, int]]:
    """Return deal id -> public id and the version to move."""
    ids = [int(one) for table in tables for one in table.values["deal_id"]]
    return {number: (one["uid"], one["version"]) for number, one in labels_of(DEALS, ids).items()}


def standing_card(uid: UUID) -> tuple[int, int]:
    """Return a deal's id and the version it has now.

    Raises:
        NotFound: it does not exist.
    """
    record = standing_uid("deals", uid)
    return record.record_id, int(record.row["version"])
