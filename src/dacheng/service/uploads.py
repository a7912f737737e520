"""Uploaded files between their preview and their commit: private, bound to whoever brought them, gone after a day.

What a person calls a file is kept as data and never becomes a path: on disk a file is a
number in a folder with a random name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.exchange.limits import MEGABYTE, Limits
from dacheng.service.imports import Upload
from dacheng.store.history import microseconds

KEPT_FOR = timedelta(hours=24)
MOST_FILES = 20
LARGEST_FILE = Limits().file_bytes
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
ABOUT, NOTES = "about.json", "notes.json"
OWNER_ONLY = 0o600
MICROSECONDS = 1_000_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PACKED_ROW_BYTES, ROW_BYTES = 40, 150
"""A row of about twelve cells in an xlsx and in an xls."""


@dataclass(frozen=True)
class Brought:
    """A file as it arrives.

    Args:
        name: what the person calls it; chunks: its bytes, in pieces.
    """

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True)
class Kept:
    """Files that wait for a decision.

    Args:
        token: the random name in their address.
        at: microseconds UTC of their arrival.
        mapping: name of a shipped mapping, the YAML text of one, or empty.
        aliases: spellings that the person confirmed: column -> text -> meaning.
        chosen: how the tables are read, as plain data; empty until somebody chooses columns by hand.
        began_with: name of the saved mapping that the reading began with, before columns of it were corrected.
        rows_likely: about how many rows they hold.
    """

    token: str
    folder: Path
    person_id: int
    at: int
    names: tuple[str, ...]
    mapping: str = ""
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chosen: Sequence[Mapping[str, Any]] = ()
    rows_likely: int = 0
    began_with: str = ""

    @property
    def title(self) -> str:
        """Return what the files are called: the first, and how many more."""
        return self.names[0] + (f" +{len(self.names) - 1}" if len(self.names) > 1 else "")

    @property
    def reading(self) -> str:
        """Return a name for how the files are read now: another choice, another name."""
        told = [self.mapping, self.aliases, list(self.chosen)]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]

    def is_as_it_was(self) -> bool:
        """Tell whether the files still wait and nobody chose otherwise since they were opened."""
        return (self.folder / ABOUT).is_file() and _kept(self.folder).reading == self.reading

    def uploads(self) -> list[Upload]:
        """Return the files for reading."""
        return [Upload(name, self.folder / str(at)) for at, name in enumerate(self.names)]

    def confirm(self, column: str, text: str, meaning: str) -> None:
        """Remember that a spelling of a column means something; what was looked at before is looked at again."""
        aliases = {name: dict(texts) for name, texts in self.aliases.items()}
        aliases.setdefault(column, {})[text] = meaning
        self._become(replace(self, aliases=aliases))

    def explained(self, aliases: Mapping[str, Mapping[str, str]]) -> Kept:
        """Return the files with what spellings of columns mean, all at once; a mapping by column as its key."""
        kept = replace(self, aliases=aliases)
        self._become(kept)
        return kept

    def choose(self, tables: Sequence[Mapping[str, Any]]) -> None:
        """Remember how the tables are read; what was looked at before is looked at again."""
        self._become(replace(self, chosen=tuple(tables)))

    def read_by(self, mapping: str) -> None:
        """Read the files by another mapping, and forget what was chosen by hand."""
        self._become(replace(self, mapping=mapping, chosen=(), began_with=""))

    def corrected(
        self, mapping: str, chosen: Sequence[Mapping[str, Any]], aliases: Mapping[str, Mapping[str, str]], name: str
    ) -> None:
        """Read the files by a mapping of which columns were corrected: its text, or the choices that it came to."""
        self._become(replace(self, mapping=mapping, chosen=tuple(chosen), aliases=aliases, began_with=name))

    def _become(self, other: Kept) -> None:
        _write(self.folder / ABOUT, _about(other))
        self.forget()

    def note(self, notes: Mapping[str, Any]) -> None:
        """Keep what was found in the files, so that turning a page does not read them again."""
        _write(self.folder / NOTES, notes)

    def noted(self) -> dict[str, Any] | None:
        """Return what was found in the files; None when nobody looked since the last change."""
        path = self.folder / NOTES
        return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else None

    def forget(self) -> None:
        """Let the files be looked at again."""
        (self.folder / NOTES).unlink(missing_ok=True)

    def drop(self) -> None:
        """Remove the files."""
        shutil.rmtree(self.folder, ignore_errors=True)


def keep(root: Path, person_id: int, at: datetime, files: Sequence[Brought], mapping: str = "") -> Kept:
    """Keep uploaded files for a day; what others left longer than that goes.

    Raises:
        RuleError: there is no file, there are too many, or one is too large; nothing is kept.
    """
    _sweep(root, at)
    if not 0 < len(files) <= MOST_FILES:
        raise RuleError(
            Text(f"选了 {len(files)} 个文件。", f"{len(files)} files were chosen."),
            Text(f"一次选 1 到 {MOST_FILES} 个。", f"Choose 1 to {MOST_FILES} at a time."),
        )
    token = secrets.token_urlsafe(24)
    folder = root / token
    folder.mkdir(mode=0o700, parents=True)
    try:
        for number, one in enumerate(files):
            _copy(one, folder / str(number))
        names = tuple(one.name for one in files)
        likely = sum(likely_rows(folder / str(number)) for number in range(len(names)))
        kept = Kept(token, folder, person_id, microseconds(at), names, mapping, rows_likely=likely)
        _write(folder / ABOUT, _about(kept))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _kept(folder)


def opened(root: Path, token: str, person_id: int, at: datetime) -> Kept:
    """Return files that wait, to the person who brought them.

    Raises:
        NotFound: there are none of that name, they are older than a day, or somebody else's; one answer for all.
    """
    folder = root / token
    if not TOKEN.fullmatch(token) or not (folder / ABOUT).is_file():
        raise gone()
    kept = _kept(folder)
    if kept.person_id != person_id or microseconds(at) - kept.at > KEPT_FOR.total_seconds() * MICROSECONDS:
        raise gone()
    return kept


def _kept(folder: Path) -> Kept:
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    return Kept(
        folder.name,
        folder,
        about["person_id"],
        about["at"],
        tuple(about["names"]),
        about["mapping"],
        about["aliases"],
        tuple(about["chosen"]),
        about["rows_likely"],
        about["began_with"],
    )


def likely_rows(file: Path) -> int:
    """Return about how many rows a file holds, without reading its cells: lines of a text, size of a workbook."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        if stream.read(len(ZIP)).startswith(ZIP):
            return size // PACKED_ROW_BYTES
        stream.seek(0)
        if stream.read(len(OLE)).startswith(OLE):
            return size // ROW_BYTES
        stream.seek(0)
        return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(MEGABYTE), b""))


def _about(kept: Kept) -> dict[str, Any]:
    names = ("person_id", "at", "names", "mapping", "aliases", "chosen", "rows_likely", "began_with")
    return {name: getattr(kept, name) for name in names}


def _copy(source: Brought, target: Path) -> None:
    size = 0
    with _private(target) as out:
        for chunk in source.chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise RuleError(
                    Text(
                        f"「{source.name}」大于 {LARGEST_FILE // MEGABYTE} MB。",
                        f"“{source.name}” is larger than {LARGEST_FILE // MEGABYTE} MB.",
                    ),
                    Text("拆成几个文件再导入。", "Split it into several files."),
                )
            out.write(chunk)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file whole: a reader sees the old one or the new one."""
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    with _private(fresh) as out:
        out.write(json.dumps(content, ensure_ascii=False).encode())
    fresh.replace(path)


def _private(path: Path) -> Any:
    return open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, OWNER_ONLY), "wb")


def _sweep(root: Path, at: datetime) -> None:
    """Remove what has waited longer than a day."""
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            waiting_since = _kept(folder).at if (folder / ABOUT).is_file() else 0
        except (OSError, ValueError, KeyError):
            waiting_since = 0
        if microseconds(at) - waiting_since > KEPT_FOR.total_seconds() * MICROSECONDS and _is_old(folder, at):
            shutil.rmtree(folder, ignore_errors=True)


def _is_old(folder: Path, at: datetime) -> bool:
    """Tell whether a folder stands for a while, so that one that is just being filled stays."""
    try:
        return at.timestamp() - folder.stat().st_mtime > 600
    except OSError:
        return False


def gone() -> NotFound:
    """Return the answer for files that do not wait, or not for whoever asks."""
    return NotFound(
        Text(
            "这次上传已经写入、放弃，或放了一天以上。", "These files were imported, dropped, or are older than a day."
        ),
        Text("看一下导入记录，需要时重新选文件。", "Look at the list of imports; choose the files again if needed."),
    )
