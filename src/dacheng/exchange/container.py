"""Look into a zip without unpacking it, so that a bomb is refused in milliseconds (压缩包预检).

Only the list of entries at the end of the file is read, at most ``directory_bytes`` of it.
What it declares may be a lie; the child that unpacks later has limits of its own.

Source: PKWARE APPNOTE 6.3 §4.3.12–16 (layout of the records).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from dacheng.core.errors import Text
from dacheng.exchange.limits import MEGABYTE, Limits
from dacheng.exchange.refusal import FileRefused, damaged, password_protected, refused

END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64 = struct.Struct("<4sLQL")
ENTRY = struct.Struct("<4s6H3L5H2L")
LONGEST_COMMENT = 65_535
FULL_32 = 0xFFFFFFFF
STORED, DEFLATED = 0, 8
ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the zip declares it; sizes in bytes."""

    name: str
    packed: int
    unpacked: int
    method: int
    encrypted: bool
    offset: int


def check_zip(file: BinaryIO, limits: Limits) -> frozenset[str]:
    """Return the lower-case names of a zip's entries after refusing what is not an honest workbook container.

    Raises:
        FileRefused: a bomb by size, ratio or number of entries; overlapping, repeated,
            encrypted or unusually packed entries; names that point outside.
    """
    entries = list(_bounded(_entries(_directory(file, limits)), limits.parts))
    _check_sizes(entries, limits)
    _check_names(entries)
    _check_packing(entries)
    return frozenset(_part_name(entry.name) for entry in entries)


def _directory(file: BinaryIO, limits: Limits) -> bytes:
    """Return the bytes of the list of entries."""
    end = file.seek(0, 2)
    tail_start = max(0, end - END.size - LONGEST_COMMENT)
    file.seek(tail_start)
    tail = file.read(end - tail_start)
    found = tail.rfind(b"PK\5\6")
    if found < 0 or len(tail) - found < END.size:
        raise damaged("zip: no end record")
    size, offset = END.unpack_from(tail, found)[5:7]
    at = tail_start + found
    if tail[max(0, found - LOCATOR_64.size) : found].startswith(b"PK\6\7"):
        at, size, offset = _large_directory(file, at)
    if size > limits.directory_bytes:
        raise _too_many_parts(limits)
    if offset + size != at:
        raise damaged("zip: list of entries out of place")
    file.seek(offset)
    return file.read(size)


def _large_directory(file: BinaryIO, end: int) -> tuple[int, int, int]:
    """Return where the zip64 end record is, and the size and offset of the list that it names."""
    file.seek(end - LOCATOR_64.size)
    at: int = LOCATOR_64.unpack(file.read(LOCATOR_64.size))[2]
    if at > end - END_64.size:
        raise damaged("zip64: end record out of place")
    file.seek(at)
    record = file.read(END_64.size)
    if len(record) < END_64.size or not record.startswith(b"PK\6\6"):
        raise damaged("zip64: no end record")
    size, offset = END_64.unpack(record)[8:10]
    return at, size, offset


def _entries(directory: bytes) -> Iterator[Entry]:
    at = 0
    while at < len(directory):
        if len(directory) - at < ENTRY.size or directory[at : at + 4] != b"PK\1\2":
            raise damaged("zip: broken list of entries")
        fields = ENTRY.unpack_from(directory, at)
        flags, method = fields[3:5]
        name_size, extra_size, comment_size = fields[10:13]
        name_at = at + ENTRY.size
        extra_at = name_at + name_size
        extra = directory[extra_at : extra_at + extra_size]
        unpacked, packed, offset = _large_sizes(extra, fields[9], fields[8], fields[16])
        name = directory[name_at:extra_at].decode("utf-8", "replace")
        yield Entry(name, packed, unpacked, method, bool(flags & ENCRYPTED), offset)
        at = extra_at + extra_size + comment_size


def _large_sizes(extra: bytes, *sizes: int) -> list[int]:
    """Return the sizes with those that say "see zip64" taken from the extra field, in its order."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            large = iter(struct.unpack_from(f"<{min(size, len(extra) - at - 4) // 8}Q", extra, at + 4))
            return [next(large, known) if known == FULL_32 else known for known in sizes]
        at += 4 + size
    return list(sizes)


def _bounded(entries: Iterator[Entry], most: int) -> Iterator[Entry]:
    for number, entry in enumerate(entries):
        if number >= most:
            raise _too_many_parts(Limits(parts=most))
        yield entry


def _check_sizes(entries: list[Entry], limits: Limits) -> None:
    unpacked = sum(entry.unpacked for entry in entries)
    packed = max(1, sum(entry.packed for entry in entries))
    if unpacked > limits.unpacked_bytes:
        raise _bomb(f"{unpacked / MEGABYTE:,.0f} MB > {limits.unpacked_bytes / MEGABYTE:,.0f} MB")
    if unpacked > limits.ratio_free_bytes and unpacked > limits.ratio * packed:
        raise _bomb(f"1 : {unpacked // packed:,} > 1 : {limits.ratio:,}")
    shared = sum(entry.unpacked for entry in entries if _part_name(entry.name).endswith("sharedstrings.xml"))
    if shared > limits.shared_bytes:
        raise _bomb(f"sharedStrings {shared / MEGABYTE:,.0f} MB > {limits.shared_bytes / MEGABYTE:,.0f} MB")
    placed = sorted(entries, key=lambda entry: entry.offset)
    if any(first.offset + first.packed > second.offset for first, second in pairwise(placed)):
        raise _bomb("entries overlap")


def _check_names(entries: list[Entry]) -> None:
    names = [_part_name(entry.name) for entry in entries]
    for name in names:
        if "\0" in name or ".." in name.split("/") or name.startswith("/") or ":" in name.split("/")[0]:
            raise refused(
                "file/part-name",
                Text(
                    f"压缩包中的条目名“{name[:80]}”指向包外。", f"The entry name “{name[:80]}” points outside the zip."
                ),
                Text("请用 Excel 或 WPS 重新保存该文件。", "Save the file again with Excel or WPS."),
                value=name[:80],
            )
    if len(set(names)) < len(names):
        raise damaged("zip: two entries of one name")


def _check_packing(entries: list[Entry]) -> None:
    for entry in entries:
        if entry.encrypted:
            raise password_protected()
        if entry.method not in (STORED, DEFLATED):
            raise damaged(f"zip: packing method {entry.method}")


def _part_name(name: str) -> str:
    """Return a name as workbook readers compare it; some programs write backslashes."""
    return name.replace("\\", "/").lower()


def _bomb(seen: str) -> FileRefused:
    return refused(
        "file/zip-bomb",
        Text(f"压缩包展开后过大（{seen}），已拒绝读取。", f"The zip unpacks to too much ({seen}); it was not opened."),
        Text(
            "若文件正常，请删除空白格式区域和图片，或拆成几个文件再导入。",
            "If the file is genuine, delete formatted empty areas and pictures, or split it into several files.",
        ),
        value=seen,
    )


def _too_many_parts(limits: Limits) -> FileRefused:
    return _bomb(f"> {limits.parts:,} parts")
