"""Writing a segment of a replica: it appears under its name when it is whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path

from dacheng.core.relation import Relation
from dacheng.core.replica import Segment
from dacheng.core.schema import INTERVAL, KNOWLEDGE, RELATIONS
from dacheng.engine.layers import Layers
from dacheng.engine.parquet import fact_columns, quoted
from dacheng.engine.relations import fact_table

PART = ".part"
WRITER_MEMORY = "100MB"

Step = Callable[[], None]
"""Called between two relations; raises to give up."""


def write_base(layers: Layers, folder: Path, name: str, step: Step) -> Segment:
    """Write every version of every layer into one segment."""
    return _write(layers, folder, name, {one: fact_table(relation) for one, relation in RELATIONS.items()}, step)


def write_later(layers: Layers, folder: Path, name: str, step: Step) -> Segment:
    """Write the versions of the later segment and of what changed since into one segment."""
    return _write(layers, folder, name, {one: f"later_{one}" for one in RELATIONS}, step)


def segment_digest(file: Path) -> str:
    """Return the SHA-256 of a segment; empty when there is none."""
    try:
        with file.open("rb") as opened:
            return file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def order_of(relation: Relation) -> list[str]:
    """Return the columns by which versions lie in a segment, so that what is asked together lies together.

    What is no longer believed and what has ended come first, then by the day things
    count on (open ones have none) and by whose they are: a question about now skips the rest.
    """
    places = [one for one in (relation.place_day, relation.place_column) if one]
    order = [KNOWLEDGE[1], INTERVAL[1], *places, *relation.key, INTERVAL[0], KNOWLEDGE[0]]
    return list(dict.fromkeys(order))


def _write(layers: Layers, folder: Path, name: str, sources: dict[str, str], step: Step) -> Segment:
    part = folder / f"{name}{PART}"
    part.unlink(missing_ok=True)
    try:
        layers.execute(f"ATTACH {quoted(part)} AS writing")
        rows: dict[str, int] = {}
        for one, source in sources.items():
            step()
            if count := layers.count(source):
                rows[one] = count
                _copy(layers, RELATIONS[one], source)
        layers.execute("CHECKPOINT writing")
        layers.execute("DETACH writing")
        return _appear(part, folder / name, rows)
    finally:
        part.unlink(missing_ok=True)


def _copy(layers: Layers, relation: Relation, source: str) -> None:
    columns = ", ".join(f'"{column}"' for column in fact_columns(relation))
    order = ", ".join(f'"{column}"' for column in order_of(relation))
    layers.execute(f"CREATE TABLE writing.{fact_table(relation)} AS SELECT {columns} FROM {source} ORDER BY {order}")


def _appear(part: Path, file: Path, rows: dict[str, int]) -> Segment:
    """Let a whole file have its name, safe from a power cut."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    segment = Segment(file.name, rows, part.stat().st_size, segment_digest(part))
    part.replace(file)
    return segment
