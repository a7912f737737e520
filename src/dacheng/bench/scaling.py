"""Goal 18: the same questions on ten of the company under one top unit, and a roll-up of ten times as much."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dacheng.bench.books import book_on_layers, fresh
from dacheng.bench.measuring import Line, interleaved, milliseconds, peak_megabytes, same
from dacheng.bench.questions import BY_PERSON_AND_MONTH, BY_TEAM_AND_STAGE, amounts_in
from dacheng.bench.rolling import FACTS, NODES, PlacedFacts
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.engine.layers import Layers, SegmentFile
from dacheng.engine.parquet import fact_columns, quoted
from dacheng.engine.relations import fact_table
from dacheng.engine.segments import write_base
from dacheng.service.replica_folder import files_of, replica_folder
from dacheng.service.replicating import usable

TIMES = 10
STRIDE = 1 << 30
"""What a copy adds to the numbers of its records: far above those of any company here."""

SHARED = frozenset({"stage_sets", "stages", "loss_reasons", "measures", "products", "calendar", "periods"})
"""What every copy uses as it is."""

LEFT_OUT = frozenset({"grants", "roles"})

WRITING = "3GB"


def scaling(deals: int, day: int) -> list[Line]:
    """Measure goals 1 and 2 on the replica of the default database and on one of ten of its company."""
    manifest = usable(replica_folder())
    if manifest is None:
        raise AssertionError("there is no replica to copy")
    base, _later = files_of(replica_folder(), manifest)
    with tempfile.TemporaryDirectory() as folder:
        spill = Path(folder) / "spill"
        one = Layers(base, None, spill=spill)
        ten = Layers(_widened(base, Path(folder)), None, spill=spill)
        books = {
            name: book_on_layers(layers, day, manifest.seq, manifest.at)
            for name, layers in (("one", one), ("ten", ten))
        }
        lines = []
        for goal, work, sql in (
            ("1", "unit × stage", BY_TEAM_AND_STAGE),
            ("2", "person × month × stage", BY_PERSON_AND_MONTH),
        ):
            small, large = (amounts_in(books[name].gather(sql)) for name in ("one", "ten"))
            same(sorted(large), sorted(small * TIMES), work)
            measured = interleaved(
                {name: lambda book=book, sql=sql: fresh(book).gather(sql) for name, book in books.items()}  # type: ignore[misc]
            )
            lines.append(
                Line(
                    "18",
                    f"{work} (goal {goal}), columnar replica",
                    f"{deals * TIMES:,} deals, {len(books['ten'].tree):,} units",
                    milliseconds(measured["ten"]),
                    f"{deals:,} deals: {milliseconds(measured['one'])}",
                    f"{measured['ten'] / measured['one']:.1f}× their time",
                    "≤ 12×, ≤ 4 GB",
                    f"memory {peak_megabytes():,} MB at its highest, with the copying",
                )
            )
        one.close()
        ten.close()
    return [*lines, _rolled_up()]


def _rolled_up() -> Line:
    small, large = PlacedFacts.drawn(NODES, FACTS), PlacedFacts.drawn(NODES * TIMES, FACTS * TIMES)
    measured = interleaved({"small": small.rolled_up, "large": large.rolled_up}, repeats=5)
    return Line(
        "18",
        f"roll-up (goal 5) at {NODES * TIMES:,} nodes",
        f"{FACTS * TIMES:,} facts",
        milliseconds(measured["large"]),
        f"{FACTS:,} facts, {NODES:,} nodes: {milliseconds(measured['small'])}",
        f"{measured['large'] / measured['small']:.1f}× their time",
        "≤ 12×, ≤ 4 GB",
        f"memory {peak_megabytes():,} MB at its highest",
    )


def _widened(base: SegmentFile, folder: Path) -> SegmentFile:
    """Write a segment with the company of another ten times."""
    layers = Layers(None, None, spill=folder / "widening", home=folder / "gathered", memory=WRITING)
    layers.execute(f"ATTACH {quoted(base.file)} AS source (READ_ONLY)")
    for name in sorted(base.held - LEFT_OUT):
        relation = RELATIONS[name]
        for copy in range(1 if name in SHARED else TIMES):
            picks = ", ".join(_shifted(relation, column, copy) for column in fact_columns(relation))
            layers.execute(f"INSERT INTO since_{name} SELECT {picks} FROM source.{fact_table(relation)}")
    segment = write_base(layers, folder, "ten.duckdb", lambda: None)
    layers.close()
    return SegmentFile(folder / segment.name, frozenset(segment.rows))


def _shifted(relation: Relation, name: str, copy: int) -> str:
    """Return a column of a copy: its numbers of records are its own, and its top unit is under the first top unit."""
    column = next((one for one in relation.facts if one.name == name), None)
    if column is None or not _is_number_of_copied(relation, column):
        return f'"{name}"'
    moved = f'"{name}" + {copy * STRIDE}'
    if relation.name == "units" and name == "parent_id" and copy:
        top = f"(SELECT MIN(unit_id) FROM source.{fact_table(relation)} WHERE COALESCE(parent_id, 0) = 0)"
        return f'CASE WHEN COALESCE("{name}", 0) = 0 THEN {top} ELSE {moved} END'
    return f'CASE WHEN "{name}" = 0 THEN 0 ELSE {moved} END'


def _is_number_of_copied(relation: Relation, column: Column) -> bool:
    if column.kind == "id":
        return relation.name not in SHARED
    return column.kind == "ref" and column.ref not in SHARED
