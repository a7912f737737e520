"""How much of a file we are willing to read (上限)."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The size of a file, of what it unpacks to, of its sheets, and of the child that reads it.

    Args:
        file_bytes: the file as it lies on disk.
        unpacked_bytes: sum of the sizes that a zip declares.
        ratio: declared size / file size; only asked above ``ratio_free_bytes``.
        parts: entries of a zip.
        directory_bytes: the list of entries itself.
        shared_bytes: the shared texts of an xlsx, unpacked.
        shared_texts: their number.
        rows, columns: of one sheet, counted from A1.
        cells: of the whole file; also the area that a sheet's used range may span.
        cell_characters: Excel's own limit, so that a rejected row can go back as xlsx.
        error_cells: cells of one sheet that hold an error.
        spool_bytes: what the child may write.
        memory_bytes, cpu_seconds: of the child.
        wall_seconds: until the child is ended.
        first_rows: so many rows of each sheet are read and no more; 0 = all.
    """

    file_bytes: int = 100 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    ratio: int = 150
    ratio_free_bytes: int = 5 * MEGABYTE
    parts: int = 5_000
    directory_bytes: int = MEGABYTE
    shared_bytes: int = 100 * MEGABYTE
    shared_texts: int = 3_000_000
    sheets: int = 200
    rows: int = 1_048_576
    columns: int = 1_000
    cells: int = 5_000_000
    cell_characters: int = 32_767
    error_cells: int = 100_000
    spool_bytes: int = 512 * MEGABYTE
    memory_bytes: int = 1024 * MEGABYTE
    cpu_seconds: int = 60
    wall_seconds: int = 120
    first_rows: int = 0
