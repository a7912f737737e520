"""Proof that the log, the facts and the records are as they were written."""

from __future__ import annotations

from dacheng.core.access import Viewer, allow
from dacheng.core.errors import Finding
from dacheng.core.tree import Tree
from dacheng.store.audit import verify


def verified() -> list[Finding]:
    """Check everything; return what is wrong, nothing when all is well. For the owner of the machine."""
    return verify()


def rules_broken(reader: Viewer) -> list[str]:
    """Check everything for somebody who may read the log; return the rules that are broken.

    Which entry or fact it is the owner of the machine learns from the command line: it
    takes numbers of ours to say it.

    Raises:
        NotAllowed: he may not read the log.
    """
    allow(reader, "log.read", Tree.of([], []))
    return sorted({one.rule for one in verify()})
