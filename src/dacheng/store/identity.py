"""Public ids (UUIDv7) and codes of new records; neither says how many there are."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from uuid import UUID

from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.store.history import EPOCH

MILLISECOND = timedelta(milliseconds=1)
VERSION_7 = 0x7000
VARIANT = 0x8000_0000_0000_0000


def new_uids(at: datetime, count: int) -> list[UUID]:
    """Return fresh public ids of a moment (RFC 9562, version 7): its milliseconds, then 74 random bits."""
    high = ((at - EPOCH) // MILLISECOND) << 16 | VERSION_7
    randomness = os.urandom(10 * count)
    return [_uid(high, int.from_bytes(randomness[start : start + 10])) for start in range(0, 10 * count, 10)]


def code_from(prefix: str, uid: UUID) -> str:
    """Return a code for a record whose user gave none, for example ``D-3F9A1C7B2E``."""
    return f"{prefix}-{uid.hex[-10:].upper()}"


def stored_uid(value: UUID | str) -> UUID:
    """Return a public id as it comes from the database: SQLite keeps it as text."""
    return value if isinstance(value, UUID) else UUID(value)


def given_uid(value: object, label: Text) -> UUID:
    """Return a public id as it comes from outside.

    Raises:
        NotFound: it is not one; the answer is the same as for an unknown one.
    """
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        raise hidden(label) from None


def hidden(label: Text) -> NotFound:
    """Return the one answer for what does not exist and for what one may not see."""
    return NotFound(
        Text(f"没有这条{label.zh}，或者你看不到它。", f"There is no such {label.en.lower()}, or you may not see it."),
        Text("检查链接；需要查看请联系销售运营。", "Check the link, or ask sales operations for access."),
    )


def taken(label: Text, code: str) -> RuleError:
    """Return the answer to a code that is in use; it does not say by whom."""
    return RuleError(
        Text(f"{label.zh}编号「{code}」不能用。", f"{label.en}: the code “{code}” cannot be used."),
        Text("换一个编号，或询问销售运营。", "Choose another one, or ask sales operations."),
    )


def _uid(high: int, randomness: int) -> UUID:
    low = randomness & 0x3FFF_FFFF_FFFF_FFFF | VARIANT
    return UUID(int=(high | randomness >> 68) << 64 | low)
