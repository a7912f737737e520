"""Delivery projects (交付项目): planned with their contract, followed, reached, recognised (R150, R160, R161).

A milestone that is reached gives the terms that wait for it their due day, in the same entry; taken back, they wait
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.delivery.planning import earned
from dacheng.core.delivery.schema import BY_MILESTONE, MILESTONES, OVER_TIME, PROJECTS
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import apply, patch
from dacheng.core.money import BP_PER_WHOLE, percent, to_decimal
from dacheng.core.period import date_of
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recognitions import recognise
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, refuse_taken, revise, saved, typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.posting import add_up, base_contract, family, place_of, seen
from dacheng.store.saving import Becoming, New, become, check_version, create, touch
from dacheng.store.standing import Columns, Standing, ids_of_codes, standing, standing_uid
from dacheng.store.triggering import milestones_of, of_contract, trigger_terms

RIGHT = "project.edit"


def record_project(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, milestones: Sequence[FROM_OUTSIDE]) -> Saved:
    """Record a delivery project of a contract with its milestones.

    Args:
        values: columns of ``projects``; the contract as public id. milestones: columns of each, at least one.

    Raises:
        NotFound: the actor does not see the contract. NotAllowed: he may not plan its delivery, or see costs.
        RuleError: it has no milestone, the shares of the contract's milestones come to more than 100 %, or a value
            is missing or not possible.
    """
    with writing(actor, at, "project.recorded") as entry:
        rights = rights_of(entry)
        contract = base_contract(rights, values.get("contract_id"))
        rights.require_on(RIGHT, "contracts", contract)
        columns = _possible(typed(rights, "projects", values)) | place_of(contract)
        made = add(entry, "projects", columns, max(entry.day, contract.first_day), prefix="JF")
        project = standing_uid("projects", made.uid)
        _plan(entry, rights, project, contract, milestones)
        return saved(project)


def edit_project(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Follow a project from today on: its manager, costs, how much is done, what stands in the way, what is next.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not follow it, or not see costs.
        Conflict: somebody changed it meanwhile. RuleError: a value is not possible.
    """
    with writing(actor, at, "project.edited") as entry:
        rights = rights_of(entry)
        project = standing_uid("projects", uid)
        _require(rights, project)
        if "contract_id" in values:
            raise RuleError(
                Text("项目属于哪份合同不能改。", "The contract of a project is not changed."),
                Text("登记错了请撤销，再登记一次。", "Undo it where it was recorded wrongly, and record it again."),
            )
        columns = _possible(typed(rights, "projects", values))
        return revise(entry, "projects", project, columns, version, max(entry.day, project.first_day))


def set_milestones(
    *, actor: Viewer, at: datetime, project: UUID, milestones: Sequence[FROM_OUTSIDE], version: int | None = None
) -> Saved:
    """Let a project have the milestones given from today on: known codes are changed, others come and go.

    Raises:
        NotFound, NotAllowed, Conflict: as ``edit_project``.
        RuleError: none is left, one that was reached would go, shares come to more than 100 %, or a value is not
            possible.
    """
    with writing(actor, at, "project.planned") as entry:
        rights = rights_of(entry)
        record = standing_uid("projects", project)
        _require(rights, record)
        check_version(PROJECTS, record, version, {})
        number = int(record.row["contract_id"])
        _plan(entry, rights, record, standing("contracts", [number])[number], milestones)
        touch("projects", record)
        return saved(record)


def reach_milestone(*, actor: Viewer, at: datetime, uid: UUID, on: int | None, version: int | None = None) -> Saved:
    """Say on which day a milestone was reached (到货、验收): terms that wait for it fall due from that day.

    Args:
        on: None takes it back, and the terms wait again.

    Raises:
        NotFound, NotAllowed, Conflict: as ``edit_project``. RuleError: the day has not come.
    """
    with writing(actor, at, "milestone.reached" if on is not None else "milestone.reopened") as entry:
        milestone = _milestone(rights_of(entry), uid)
        if on is not None and on > entry.day:
            raise RuleError(
                Text(
                    f"{date_of(on)} 还没有到，不能记完成。",
                    f"{date_of(on)} has not come: it cannot be reached by then.",
                ),
                Text("预计的日子请记成推迟后的预计日。", "Record a day that is expected as its forecast."),
            )
        done = revise(entry, "milestones", milestone, {"reached_day": on}, version, _from(entry, milestone))
        trigger_terms(entry, int(milestone.row["contract_id"]), take_back=on is None)
        return done


def slip_milestone(
    *, actor: Viewer, at: datetime, uid: UUID, on: int, reason: int | None, note: str = "", version: int | None = None
) -> Saved:
    """Expect a milestone on another day than before, and say why; what waits for it is expected later too.

    Args:
        on: the day it is expected now. reason: a number of ``OBSTACLES``.

    Raises:
        NotFound, NotAllowed, Conflict: as ``edit_project``.
        RuleError: it was reached already, or later than planned without a reason.
    """
    with writing(actor, at, "milestone.slipped") as entry:
        milestone = _milestone(rights_of(entry), uid)
        if milestone.row["reached_day"] is not None:
            told = date_of(int(milestone.row["reached_day"]))
            raise RuleError(
                Text(f"{milestone.name} 已在 {told} 完成。", f"{milestone.name} was reached on {told}."),
                Text("先取消完成，再改预计日。", "Take that back first, then change its forecast."),
            )
        if on > int(milestone.row["planned_day"]) and reason is None:
            raise RuleError(
                Text(
                    f"{milestone.name} 推迟到 {date_of(on)}，没有写原因。",
                    f"{milestone.name} slips to {date_of(on)} and no reason is given.",
                ),
                Text("选一个推迟原因。", "Choose why it slipped."),
            )
        values = {"forecast_day": on, "reason": reason, "reason_note": note}
        return revise(entry, "milestones", milestone, values, version, _from(entry, milestone))


def recognise_progress(*, actor: Viewer, at: datetime, project: UUID, way: int = BY_MILESTONE, day: int) -> Saved:
    """Recognise what a project has earned and nobody recognised yet: by its milestones, or by how much is done.

    Args:
        way: ``BY_MILESTONE`` or ``OVER_TIME``. day: it is recognised on.

    Raises:
        NotFound: the actor does not see the project. NotAllowed: he may not post for its contract.
        RuleError: nothing is earned that is not recognised, or it cannot be told.
    """
    with writing(actor, at, "recognition.recorded") as entry:
        rights = rights_of(entry)
        record = seen(rights, "projects", project)
        number = int(record.row["contract_id"])
        contract = standing("contracts", [number])[number]
        rights.require_on("cash.record", "contracts", contract)
        excl = to_recognise(record, contract, way, day)
        if excl == 0:
            code = contract.row["code"]
            raise RuleError(
                Text(f"合同 {code} 没有可以确收的进度。", f"Nothing of {code} is earned that is not recognised."),
                Text("完成里程碑或更新进度之后再确收。", "Reach a milestone, or say how much is done, then recognise."),
            )
        values = {"day": day, "way": way, "amount_ex": excl, "name": record.name[:300]}
        return recognise(entry, rights, contract, values | {"contract_id": contract.uid})


def to_recognise(project: Standing, contract: Standing, way: int, day: int) -> int:
    """Return what of a contract is earned by a day and not recognised, minor units excl. tax; below zero is too much.

    Raises:
        RuleError: the contract has no amount without tax; by progress of one of several projects.
    """
    _incl, whole = add_up(family(contract), day)
    if whole is None:
        return 0
    if way == OVER_TIME:
        own = project.row["done_bp"]
        if own is None or len(of_contract("projects", contract.record_id)) > 1:
            raise RuleError(
                Text(
                    "按进度确收要求合同只有一个项目，而且填了完工进度。",
                    "The contract needs one project that says how much is done.",
                ),
                Text("填完工进度，或按里程碑确收。", "Say how much is done, or recognise by milestones."),
            )
        return earned(whole, int(own)) - int(contract.row["recognised_ex"])
    steps = milestones_of(contract.record_id).values()
    shares = [int(one.row["share_bp"] or 0) for one in steps if one.row["reached_day"] is not None]
    return earned(whole, sum(shares)) - int(contract.row["recognised_ex"])


def _require(rights: Rights, project: Standing) -> None:
    """Let whoever manages a project follow it where he sees it; others as the policy says."""
    if project.row["manager_id"] and project.row["manager_id"] == rights.viewer.person_id:
        if not rights.sees("projects", project):
            raise hidden(PROJECTS.label)
        return
    rights.require_on(RIGHT, "projects", project)


def _milestone(rights: Rights, uid: UUID) -> Standing:
    milestone = standing_uid("milestones", uid)
    number = int(milestone.row["project_id"])
    project = standing("projects", [number])[number]
    if not rights.sees("projects", project):
        raise hidden(MILESTONES.label)
    _require(rights, project)
    return milestone


def _plan(
    entry: Entry, rights: Rights, project: Standing, contract: Standing, milestones: Sequence[FROM_OUTSIDE]
) -> None:
    """Let a project have milestones, and the contract's terms what they bring."""
    if not milestones:
        raise RuleError(
            Text("交付项目没有里程碑。", "The project has no milestone."),
            Text("至少写一个，通常是验收。", "Give one at least, usually its acceptance."),
        )
    given = [typed(rights, "milestones", one) for one in milestones]
    every = milestones_of(contract.record_id)
    stands = {number: one for number, one in every.items() if one.row["project_id"] == project.record_id}
    others = [one for number, one in every.items() if number not in stands]
    _check_shares(contract, given, others)
    _check_terms(contract, given)
    known = {str(one.row["code"]): one for one in stands.values()}
    coded = _coded(project, given, known)
    wanted = [_becoming(entry, one, coded.get(code)) for code, one in known.items()]
    become(entry, "milestones", stands, wanted)
    place = place_of(contract) | {"project_id": project.record_id, "contract_id": contract.record_id}
    first = max(entry.day, contract.first_day)
    news = [New({**one, **place, "code": code}, first) for code, one in coded.items() if code not in known]
    create(entry, "milestones", news)
    trigger_terms(entry, contract.record_id)


def _becoming(entry: Entry, milestone: Standing, told: Columns | None) -> Becoming:
    """Return what a milestone becomes; one that was reached stays."""
    if told is None:
        if milestone.row["reached_day"] is not None:
            raise RuleError(
                Text(f"{milestone.name} 已经完成，不能去掉。", f"{milestone.name} was reached: it cannot go."),
                Text("先取消完成，再去掉。", "Take that back first."),
            )
        return Becoming(milestone.record_id, [])
    facts = _positions("milestones", told)
    labels: Columns = {name: told[name] or "" for name in ("name", "reason_note") if name in told}
    versions = apply(milestone.versions, patch(milestone.versions, facts, _from(entry, milestone)))
    return Becoming(milestone.record_id, versions, labels)


def _positions(name: str, told: Columns) -> dict[int, int | None]:
    at = RELATIONS[name].positions
    return {at[column]: value for column, value in told.items() if column in at}


def _coded(project: Standing, columns: Sequence[Columns], known: Mapping[str, Standing]) -> dict[str, Columns]:
    """Return milestones by code; one without a code is numbered within the project."""
    found: dict[str, Columns] = {}
    ends = [code.rpartition("/")[2] for code in known]
    number = max((int(end) for end in ends if end.isdecimal()), default=0)
    for one in columns:
        code = str(one.get("code") or "")
        if not code:
            number += 1
            code = f"{project.row['code']}/{number}"
        if code in found:
            refuse_taken(MILESTONES, {"code": code})
            raise RuleError(
                Text(f"里程碑编号 {code} 出现了两次。", f"{code} is given to two milestones."),
                Text("每个里程碑用自己的编号。", "Give each its own number."),
            )
        found[code] = one
    elsewhere = ids_of_codes("milestones", [code for code in found if code not in known])
    if elsewhere:
        refuse_taken(MILESTONES, {"code": next(iter(elsewhere))})
    return found


def _check_shares(contract: Standing, given: Sequence[Columns], others: Sequence[Standing]) -> None:
    shares = [int(one.get("share_bp") or 0) for one in given] + [int(one.row["share_bp"] or 0) for one in others]
    if sum(shares) > BP_PER_WHOLE or any(one < 0 for one in shares):
        code, told = contract.row["code"], percent(sum(shares))
        raise RuleError(
            Text(
                f"合同 {code} 的里程碑确收比例合计 {told}，超过 100%。", f"Milestones of {code} recognise {told} of it."
            ),
            Text(
                "减少比例；一份合同的各项目合计不超过 100%。",
                "Lower them: all projects of a contract come to 100 % at most.",
            ),
        )


def _check_terms(contract: Standing, given: Sequence[Columns]) -> None:
    own = of_contract("payment_terms", contract.record_id)
    for one in given:
        if one.get("term_id") and one["term_id"] not in own:
            code = contract.row["code"]
            raise RuleError(
                Text(f"触发的付款条件不是合同 {code} 的。", f"The term it triggers is not one of {code}."),
                Text("选同一份合同的付款条件。", "Choose a term of the same contract."),
            )


def _possible(columns: Columns) -> Columns:
    """Refuse costs below zero."""
    for name in ("budget", "spent", "estimate"):
        if (columns.get(name) or 0) < 0:
            label, told = PROJECTS.column(name).label, to_decimal(columns[name])
            raise RuleError(
                Text(f"「{label.zh}」不能是 {told}。", f"“{label.en}” cannot be {told}."),
                Text("成本不小于 0；不知道就留空。", "Costs are not below 0; leave blank what is not known."),
            )
    return columns


def _from(entry: Entry, record: Standing) -> int:
    return max(entry.day, record.first_day)
