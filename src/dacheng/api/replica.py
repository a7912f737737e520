"""The columnar replica: how it stands."""

from __future__ import annotations

from datetime import datetime

from ninja import Router, Schema
from pydantic import Field

from dacheng.api.asking import Call
from dacheng.api.operations import operation
from dacheng.core.errors import Text
from dacheng.service.replica_status import READ, shown_status
from dacheng.store.history import moment

router = Router(tags=["settings"])


class Replica(Schema):
    """How the columnar replica stands; answers are the same with and without it."""

    wanted: bool = Field(description="by the setting of the machine or the rule `replica.use`")
    offered: bool = Field(description="the company is large enough to gain by it")
    answers: bool = Field(description="whole-company questions are answered by it now")
    problem: str = Field(description="why it does not answer; empty when it does")
    opportunities: int
    known_to: datetime | None = Field(description="its segments know everything up to this moment")
    behind: int = Field(description="records changed since, which are read from the database")
    versions: int
    size: int = Field(description="bytes")


@operation(router, "GET", "/replica", Replica, Text("列存副本的状态", "Show the columnar replica"), right=READ)
def show_replica(request: Call) -> Replica:
    """How the columnar replica stands: whether it answers, how fresh and how large it is."""
    caller = request.auth
    stands = shown_status(caller.viewer, caller.at)
    kept = stands.manifest
    return Replica(
        wanted=stands.wanted,
        offered=stands.offered,
        answers=stands.problem is None,
        problem=stands.problem.in_language(caller.language) if stands.problem else "",
        opportunities=stands.deals,
        known_to=moment(kept.at) if kept else None,
        behind=stands.behind,
        versions=kept.versions if kept else 0,
        size=kept.size if kept else 0,
    )
