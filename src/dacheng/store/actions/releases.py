"""Releases (费用释放): proposed from the results, decided by an approver, entered in the ledger once (R036, R038)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.budget.releasing import Release, check_release
from dacheng.core.budget.schema import (
    BY_BAND,
    BY_HAND,
    DRAFT,
    EXCEPTION,
    FIRST,
    GRANTED,
    PROPOSED,
    REJECTED,
)
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import Period
from dacheng.core.schema import RELATIONS
from dacheng.store.access import rights_of
from dacheng.store.actions.budgets import person_of
from dacheng.store.actions.recording import Saved, add, revise, saved
from dacheng.store.budgeting import ledger_in_force, plan_of, waiting_release
from dacheng.store.history import writing
from dacheng.store.identity import hidden
from dacheng.store.saving import check_version
from dacheng.store.standing import Columns, Standing, standing, standing_uid

SOMEBODY = "·"
"""An approver for the rules of release, which ask that there is one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a release was computed as.

    Args:
        period: the months it is for. kind: first, by band, by hand.
        variable: None where an approver must set it.
        rests_on: done and target it was computed from, the share of the band, and what was unfrozen, taken off and
            is frozen after it, as columns of a release.
    """

    period: Period
    kind: int
    fixed: int
    variable: int | None
    project: int
    rests_on: Columns = field(default_factory=dict)


def propose_release(*, actor: Viewer, at: datetime, budget: UUID, figures: Figures, reason: str = "") -> Saved:
    """Propose a release of a budget; it counts once somebody approves it.

    Raises:
        NotFound: the actor does not see the budget. NotAllowed: he may not edit it.
        RuleError: the budget is a draft, another release waits, or the rules of release do not allow it.
    """
    with writing(actor, at, "release.proposed") as entry:
        rights = rights_of(entry)
        record = standing_uid("budgets", budget)
        rights.require_on("budget.edit", "budgets", record)
        _refuse_draft(record)
        waiting = waiting_release(record)
        if waiting:
            raise RuleError(
                Text(f"释放 {waiting} 还没有批准。", f"The release {waiting} has not been decided yet."),
                Text("先批准或驳回它，再提议下一期。", "Approve or reject it, then propose the next one."),
            )
        _check(record, _release(figures, figures.variable or 0))
        columns = _columns(record, figures, reason) | {"state": PROPOSED}
        return saved(standing_uid("releases", add(entry, "releases", columns, entry.day, prefix="SF").uid))


def decide_release(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    approve: bool,
    version: int | None,
    variable: int | None = None,
    reason: str = "",
) -> Saved:
    """Approve or reject a proposed release.

    Args:
        variable: the variable part, where a person sets it; None = as proposed.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not approve.
        RuleError: it was decided already (says by whom), or more would be released than the budget has.
        Conflict: it was changed since it was seen.
    """
    with writing(actor, at, "release.decided") as entry:
        rights = rights_of(entry)
        release = standing_uid("releases", uid)
        rights.require_on("release.approve", "releases", release)
        _refuse_decided(release)
        state = GRANTED if approve else REJECTED
        check_version(RELATIONS["releases"], release, version, {"state": state})
        columns: Columns = {"state": state, "approver_id": person_of(actor)}
        if reason.strip():
            columns["name"] = reason.strip()
        if approve:
            columns |= _granted(release, variable, reason)
        return revise(entry, "releases", release, columns, None, entry.day)


def except_release(*, actor: Viewer, at: datetime, budget: UUID, figures: Figures, reason: str) -> Saved:
    """Release more of a period that is released already (例外追加): an approver answers for it, with a reason.

    Raises:
        NotFound: the actor does not see the budget. NotAllowed: he may not approve.
        RuleError: there is no reason, the period is not released yet, or more would be released than the budget has.
    """
    with writing(actor, at, "release.excepted") as entry:
        rights = rights_of(entry)
        record = standing_uid("budgets", budget)
        rights.require_on("release.approve", "budgets", record)
        _refuse_draft(record)
        if not reason.strip():
            raise RuleError(
                Text("例外释放没有写理由。", "The exception has no reason."),
                Text("请写明为什么追加。", "Say why more is released."),
            )
        _check(record, _release(figures, figures.variable or 0, by_rule=False))
        columns = _columns(record, figures, reason)
        columns |= {"kind": EXCEPTION, "state": GRANTED, "approver_id": person_of(actor)}
        return saved(standing_uid("releases", add(entry, "releases", columns, entry.day, prefix="SF").uid))


def _granted(release: Standing, variable: int | None, reason: str) -> Columns:
    """Return what an approval sets: the amount of a person stands as it is, and needs a reason."""
    row = release.row
    by_hand = variable is not None and (variable != row["variable"] or row["kind"] == BY_HAND)
    if row["kind"] == BY_HAND and variable is None:
        raise RuleError(
            Text(
                "这一期没有可比的目标，变动部分要由批准人填写。",
                "There is no target: the approver sets the variable part.",
            ),
            Text("请填写变动金额，不释放就填 0。", "Enter the variable amount; 0 releases none."),
        )
    if by_hand and not (reason.strip() or row["name"]):
        raise RuleError(
            Text("改了变动金额，没有写理由。", "The variable part was changed without a reason."),
            Text("请写明理由。", "Give the reason."),
        )
    amount = int(row["variable"]) if variable is None else variable
    budget = standing("budgets", [int(row["budget_id"])])[int(row["budget_id"])]
    period = Period(int(row["first_ym"]), int(row["last_ym"]) + 1)
    figures = Figures(period, int(row["kind"]), int(row["fixed"]), amount, int(row["project"]))
    _check(budget, _release(figures, amount, by_rule=not by_hand))
    return {"variable": amount, "kind": BY_HAND, "frozen": None} if by_hand else {}


def _release(figures: Figures, variable: int, *, by_rule: bool = True) -> tuple[Period, Release]:
    ruled = by_rule and figures.kind in (FIRST, BY_BAND)
    return figures.period, Release(0, figures.fixed, variable, figures.project, by_rule=ruled, approver=SOMEBODY)


def _check(budget: Standing, wanted: tuple[Period, Release]) -> None:
    """Refuse what the rules of release do not allow; the ledger and the budget are read under the lock."""
    plan = plan_of(budget)
    period, release = wanted
    if period not in plan.periods:
        raise hidden(RELATIONS["releases"].label)
    numbered = Release(
        plan.periods.index(period), release.fixed, release.variable, release.project, release.by_rule, SOMEBODY
    )
    for finding in check_release(plan, ledger_in_force(budget, plan), numbered):
        raise RuleError(finding.message, finding.remedy)


def _refuse_draft(budget: Standing) -> None:
    if budget.row["state"] == DRAFT:
        raise RuleError(
            Text(f"预算「{budget.name}」还是草稿，不能释放。", f"The budget “{budget.name}” is a draft."),
            Text("请先批准预算。", "Approve the budget first."),
        )


def _refuse_decided(release: Standing) -> None:
    state = int(release.row["state"])
    if state == PROPOSED:
        return
    found = standing("people", [release.row["approver_id"] or 0])
    who = next((one.row["name"] for one in found.values()), "")
    done = Text("批准", "approved") if state == GRANTED else Text("驳回", "rejected")
    raise RuleError(
        Text(
            f"释放 {release.row['code']} 已由{who or '系统'}{done.zh}。",
            f"The release {release.row['code']} was {done.en} by {who or 'the system'} already.",
        ),
        Text("刷新页面看结果；要追加请用例外释放。", "Reload to see it; to release more, make an exception."),
    )


def _columns(budget: Standing, figures: Figures, reason: str) -> Columns:
    return {
        "name": reason.strip(),
        "budget_id": budget.record_id,
        "unit_id": budget.row["unit_id"],
        "first_ym": figures.period.from_ym,
        "last_ym": figures.period.to_ym - 1,
        "kind": figures.kind,
        "fixed": figures.fixed,
        "variable": figures.variable or 0,
        "project": figures.project,
        **figures.rests_on,
    }
