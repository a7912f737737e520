"""How the replica stands (列存副本): whether it is used, how large it is, how far behind; for who keeps the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from dacheng.core.access import POLICY, Viewer, allow
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.replica import BEHIND, MOST_CHANGES, OFF, WORTH_DEALS, Freshness, Manifest
from dacheng.core.rules import in_force
from dacheng.core.tree import Tree
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.opening import EngineSource
from dacheng.engine.replica import ReplicaEngine
from dacheng.exchange.defaults import default_rules
from dacheng.exchange.replica_manifest import read_replica_manifest
from dacheng.service.replica_folder import replica_folder, why_unusable
from dacheng.service.replica_reading import is_wanted
from dacheng.store.history import company_day
from dacheng.store.queries.rules import head_and_rules
from dacheng.store.queries.since import changes_between, deals_kept

READ = "replica.read"
"""The right to see how the replica stands."""

NOWHERE = Tree.of([], [])


@dataclass(frozen=True, slots=True)
class ReplicaStatus:
    """How the replica of the database in use stands.

    Args:
        mode: the setting of the machine: auto, on or off; wanted: what follows from it and the rule.
        deals: opportunities in the database; offered: that many are worth a replica.
        manifest: what there is; None = nothing that can be read.
        behind: records changed since its segments.
        problem: why it does not answer; None when it does.
    """

    mode: str
    wanted: bool
    deals: int
    manifest: Manifest | None
    behind: int
    problem: Text | None

    @property
    def offered(self) -> bool:
        """Tell whether switching it on is worth while."""
        return not self.wanted and self.mode == "auto" and self.deals >= WORTH_DEALS


def replica_status(at: datetime) -> ReplicaStatus:
    """Return how the replica stands, to the owner of the machine."""
    head = head_and_rules()
    manifest = read_replica_manifest(replica_folder())
    wanted = is_wanted(in_force((*default_rules()[1], *head.rules), company_day(at)))
    problem = why_unusable(replica_folder(), manifest)
    behind = 0 if problem or manifest is None else changes_between(manifest.seq, head.seq)
    if problem is None and behind > MOST_CHANGES:
        problem = BEHIND
    return ReplicaStatus(settings.REPLICA, wanted, deals_kept(), manifest, behind, problem if wanted else OFF)


def shown_status(viewer: Viewer, at: datetime) -> ReplicaStatus:
    """Return how the replica stands, to who may see it.

    Raises:
        NotAllowed: somebody else asks.
    """
    allow(viewer, READ, NOWHERE)
    return replica_status(at)


def freshness_of(book: Book) -> Freshness | None:
    """Return how fresh a replica was that answered for a Book; None when the database did."""
    engine = book.source.engine if isinstance(book.source, EngineSource) else None
    return engine.freshness if isinstance(engine, ReplicaEngine) and engine.answered else None


def remark_on(book: Book) -> Text | None:
    """Return why the database answers for a Book although there should be a replica."""
    engine = book.source.engine if isinstance(book.source, EngineSource) else None
    return engine.remark if isinstance(engine, ConnectionEngine) else None


def may_see_status(viewer: Viewer) -> bool:
    """Tell whether somebody may see how the replica stands."""
    return viewer.holds(*POLICY[READ])
