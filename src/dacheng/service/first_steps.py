"""First steps (首次设置): what a fresh company still lacks, told from its data, and the pack of its industry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dacheng.core.access import ADMIN, POLICY, ROLE_LABEL, SALES_OPS, Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of, day_of
from dacheng.exchange.packs import Pack, pack_named, packs
from dacheng.service.settings import company_name
from dacheng.store.actions.stages import create_stages_of_pack
from dacheng.store.history import company_day
from dacheng.store.queries.first_steps import stage_set_codes, stands

__all__ = ["Pack", "Step", "chosen_packs", "choose_pack", "first_steps", "may_set_up", "packs"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Args:
        done: told from the data, never ticked by hand.
        may: whether the viewer may take it himself. who: the roles that may; blank = everybody who sets up.
    """

    code: str
    label: Text
    hint: Text
    done: bool
    may: bool
    who: Text


def may_set_up(viewer: Viewer) -> bool:
    """Tell whether somebody sets the company up."""
    return viewer.holds(ADMIN, SALES_OPS)


def first_steps(viewer: Viewer, at: datetime) -> list[Step]:
    """Return the steps of a fresh company in the order in which they build on each other."""
    year = date_of(company_day(at)).year
    there = stands(day_of(date(year, 12, 31)))
    there["company"] = bool(company_name())
    there["deals"] = there["deals"] or there["contracts"]
    there["stages"] = there["stages"] and (there["deals"] or bool(chosen_packs()))
    return [
        Step(code, label, hint, there[code], not right or viewer.holds(*POLICY[right]), _who(right))
        for code, label, hint, right in STEPS
    ]


def _who(right: str) -> Text:
    roles = [ROLE_LABEL[role] for role in POLICY[right]] if right else []
    return Text("、".join(role.zh for role in roles), ", ".join(role.en for role in roles))


def chosen_packs() -> set[str]:
    """Return the codes of the packs whose stages the company has."""
    return {pack.code for pack in packs()} & stage_set_codes()


def choose_pack(actor: Viewer, at: datetime, code: str) -> None:
    """Add the stages of a pack beside those that stand.

    Raises:
        NotFound: there is no such pack. NotAllowed: he may not. RuleError: its stages stand already.
    """
    pack = pack_named(code)
    if code in chosen_packs():
        raise RuleError(
            Text(f"「{pack.set_name}」已经建好了。", f"The stages of “{pack.name.en}” are there already."),
            Text("到「阶段与赢率」里改。", "Edit them under stages and win rates."),
        )
    stages: list[dict[str, int | str]] = [
        {"code": one.code, "name": one.name, "position": position, "state": one.state, "weight_bp": one.weight_bp}
        for position, one in enumerate(pack.stages, 1)
    ]
    create_stages_of_pack(actor=actor, at=at, code=pack.code, name=pack.set_name, stages=stages)


STEPS: tuple[tuple[str, Text, Text, str], ...] = (
    ("company", Text("公司", "Company"), Text("名称和币种", "name and currency"), ""),
    ("organisation", Text("组织", "Organisation"), Text("大区、代表处、小组", "regions, offices, teams"), "org.edit"),
    (
        "people",
        Text("人员", "People"),
        Text("归属、角色、登录链接", "homes, roles, sign-in links"),
        "person.edit",
    ),
    (
        "stages",
        Text("阶段", "Stages"),
        Text("选一个行业模板，再改成自己的", "choose a pack of your industry, then make it yours"),
        "stage.edit",
    ),
    ("calendar", Text("日历", "Calendar"), Text("今年到年底的工作日和调休", "working days to the year's end"), ""),
    ("targets", Text("目标", "Targets"), Text("至少一个组织一个月", "one unit and one month at least"), "target.set"),
    (
        "deals",
        Text("商机和合同", "Opportunities and contracts"),
        Text("从 Excel 或 CRM 导入", "import them from Excel or a CRM"),
        "import.commit",
    ),
)
"""Code, label, what it is about, and the action whose right it needs."""
