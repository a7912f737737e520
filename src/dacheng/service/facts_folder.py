"""A facts export as Books: the same reports as on the database it came from, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from dacheng.core.access import REP, SYSTEM, Held, Viewer
from dacheng.core.book import Basis, Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import day_of
from dacheng.core.rules import DatedRule
from dacheng.core.schema import RELATIONS
from dacheng.engine.opening import open_book
from dacheng.engine.parquet import NAMES, ParquetEngine, fact_columns
from dacheng.engine.relations import holding, known
from dacheng.exchange.defaults import default_rules
from dacheng.exchange.facts_manifest import FactsManifest, read_manifest
from dacheng.service.facts_export import LEADS_TO, LOG
from dacheng.service.labels import LOOKED_THROUGH, NAMED
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.store.history import microseconds


@dataclass(frozen=True)
class OpenFacts:
    """A facts export that is open."""

    manifest: FactsManifest
    engine: ParquetEngine
    names: FactsNames

    @classmethod
    def read(cls, folder: Path) -> OpenFacts:
        """Open a facts export.

        Raises:
            RuleError: a file is damaged or was changed, or another version of Dacheng wrote it.
        """
        manifest = read_manifest(folder)
        if manifest.columns != {name: tuple(fact_columns(relation)) for name, relation in RELATIONS.items()}:
            raise RuleError(
                Text("事实导出的表结构与这个版本不同。", "The facts export has other columns than this version."),
                Text(f"它由 {manifest.version} 版导出；请重新导出。", f"{manifest.version} made it; export again."),
            )
        engine = ParquetEngine()
        for name, relation in RELATIONS.items():
            engine.attach_facts(relation, _listed(folder, manifest, f"facts/{name}/"))
        for name in NAMED:
            engine.attach(
                f"names_{name}", ("id", "removed", LEADS_TO), NAMES, _listed(folder, manifest, f"names/{name}/")
            )
        engine.attach("log", LOG, (), _listed(folder, manifest, "log/"))
        return cls(manifest, engine, FactsNames(engine))

    def today(self, at: datetime) -> int:
        """Return the company's own day of a moment."""
        return day_of(at.astimezone(ZoneInfo(self.manifest.time_zone)).date())

    def book(
        self,
        *,
        at: datetime,
        as_of_day: int | None = None,
        basis: Basis = "then",
        viewer: str | Viewer = "",
        known_at: datetime | None = None,
    ) -> Book:
        """Open a Book, as ``open_database`` opens it.

        Args:
            viewer: a person's code or name, or somebody with the roles he has elsewhere; empty = the whole company.
        """
        today = self.today(at)
        seq = self.manifest.head_seq if known_at is None else self._sequence_at(known_at)
        own = (one for one in self.manifest.rules if one.seq_from <= seq < one.seq_to)
        person = identified("people", viewer, self.names) if viewer and isinstance(viewer, str) else 0
        return open_book(
            self.engine,
            viewer=viewer if isinstance(viewer, Viewer) else self._viewer(person, today) if person else SYSTEM,
            as_of_day=today if as_of_day is None else as_of_day,
            today=today,
            seq=seq,
            rules=(*default_rules()[1], *(DatedRule(one.name, one.from_day, one.value) for one in own)),
            basis=basis,
        )

    def _sequence_at(self, moment: datetime) -> int:
        rows = self.engine.fetch(f'SELECT seq FROM log WHERE "at" <= {microseconds(moment)} ORDER BY seq DESC LIMIT 1')
        return int(rows["seq"][0]) if len(rows) else 0

    def _viewer(self, person_id: int, day: int) -> Viewer:
        """Return a person with the roles of a day; somebody without one is a sales rep, one who left is nobody."""
        holds = f"f.person_id = {person_id} AND {holding('f', day)} AND {known('f', self.manifest.head_seq)}"
        roles = self.engine.fetch(f"SELECT role, unit_id FROM fact_roles f WHERE {holds} ORDER BY role, unit_id")
        held = tuple(Held(int(role), int(unit)) for role, unit in zip(roles["role"], roles["unit_id"], strict=True))
        if not held and len(self.engine.fetch(f"SELECT person_id FROM fact_people f WHERE {holds} AND f.left = 0")):
            homes = self.engine.fetch(f"SELECT unit_id FROM fact_assignments f WHERE {holds}")
            held = (Held(REP, int(homes["unit_id"][0]) if len(homes) else 0),)
        return Viewer(person_id, held)


def _listed(folder: Path, manifest: FactsManifest, beneath: str) -> list[Path]:
    """Return the files that the manifest lists beneath a place, in order; others are not read."""
    return [folder / name for name in sorted(manifest.files) if name.startswith(beneath)]


class FactsNames:
    """Names as they were when the facts were exported."""

    def __init__(self, engine: ParquetEngine) -> None:
        self.engine = engine

    def names(self, relation: str, ids: Iterable[int]) -> Mapping[int, Name]:
        """Return the names of ids; an unknown id is left out."""
        return self.names_of({relation: ids})[relation]

    def names_of(self, wanted: Mapping[str, Iterable[int] | None]) -> Mapping[str, Mapping[int, Name]]:
        """Return the names of ids of many relations; None instead of ids = all that stand."""
        return {relation: self._names(relation, ids) if relation in NAMED else {} for relation, ids in wanted.items()}

    def find(self, relation: str, text: str) -> tuple[int, ...]:
        """Return the ids whose code is the text, else those whose name is."""
        for column in ("code", "name"):
            sql = f"SELECT id FROM names_{relation} WHERE removed = 0 AND {column} = ? ORDER BY id LIMIT 10"
            if found := self.engine.rows_with_text(sql, [text]):
                return tuple(number for (number,) in found)
        return ()

    def stays(self, relation: str, record_id: int) -> int:
        """Return the record that stays where this one was merged away, else the record itself."""
        sql = f"SELECT {LEADS_TO} FROM names_{relation} WHERE id = ? AND {LEADS_TO} > 0"
        found = self.engine.rows_with_text(sql, [record_id])
        return int(found[0][0]) if found else record_id

    def near(self, relation: str, text: str) -> tuple[str, ...]:
        """Return up to three codes whose code or name looks like the text."""
        sql = f"SELECT code, name FROM names_{relation} WHERE removed = 0 ORDER BY id LIMIT {LOOKED_THROUGH}"
        words = {word: code for code, name in self.engine.rows_with_text(sql, []) for word in (code, name)}
        close = get_close_matches(text, words, n=3, cutoff=0.5)
        return tuple(dict.fromkeys(words[word] for word in close))

    def _names(self, relation: str, ids: Iterable[int] | None) -> dict[int, Name]:
        condition = "removed = 0" if ids is None else "id IN (SELECT unnest(?))"
        params = [] if ids is None else [[int(one) for one in ids if one]]
        sql = f"SELECT id, {', '.join(NAMES)} FROM names_{relation} WHERE {condition} ORDER BY id"
        return {
            number: Name(code, name or code, str(UUID(uid)), english)
            for number, code, name, english, uid in self.engine.rows_with_text(sql, params)
        }
