"""What a change of the organisation will do, in words, before it is made (影响说明).

The words follow the rules of 当时口径: a row counts where its owner was on the day it
counts for, so a move never changes what was closed or took effect before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.errors import Text
from dacheng.core.period import date_of


@dataclass(frozen=True, slots=True)
class When:
    """From which day a change holds, as seen today.

    Args:
        next_day: of the next change of the same that is recorded already; 0 = none.
    """

    day: int
    today: int
    next_day: int = 0


@dataclass(frozen=True, slots=True)
class Receiving:
    """Who has one kind of things from the day on, and where it counts; ``his`` = the person himself."""

    name: str
    unit: str
    his: bool


@dataclass(frozen=True, slots=True)
class Handing:
    """A handover in names.

    Args:
        old, new: home units; the same for a leaver.
        deals: open ones in his name today; contracts: those that take effect from the day on, as far as
            the reader sees them.
        roles: what ends: role and unit. unit_targets: own targets of units follow.
        shares: open deals of others of which he has a part.
        own_parts: deals of his of which whoever takes them over has a part already.
    """

    person: str
    old: str
    new: str
    leaves: bool
    takes: Mapping[str, Receiving]
    deals: int
    contracts: int
    roles: Sequence[Text] = ()
    unit_targets: bool = True
    shares: int = 0
    own_parts: int = 0


def handover_effects(one: Handing, when: When) -> list[Text]:
    """Return what a transfer or a leaving does, kind by kind."""
    return [
        *(_left(one, when) if one.leaves else _moved(one, when)),
        *_deals(one, one.takes["deals"]),
        *_own_parts(one, one.takes["deals"]),
        *_shares(one, one.takes["deals"]),
        *_targets(one, one.takes["targets"]),
        *_credit(one, one.takes["credit"], _day(when.day)),
        *_timing(when),
    ]


def _moved(one: Handing, when: When) -> list[Text]:
    day = _day(when.day)
    moved = Text(
        f"从 {day} 起 {one.person} 归属 {one.new}，之前归属 {one.old}。",
        f"From {day} {one.person} belongs to {one.new}, before to {one.old}.",
    )
    stays = Text(
        f"之前关闭的商机、之前生效的合同仍算在 {one.old}。",
        f"What was closed or took effect before stays in {one.old}.",
    )
    return [moved, stays, *(Text(f"到这天为止：{role.zh}。", f"Ends on that day: {role.en}.") for role in one.roles)]


def _left(one: Handing, when: When) -> list[Text]:
    day = _day(when.day)
    return [
        Text(
            f"从 {day} 起 {one.person} 标为离职，归属留在 {one.old}。",
            f"From {day} {one.person} is marked left; home stays {one.old}.",
        ),
        Text("角色和授权到这天为止，账号停用。", "Roles and grants end on that day; the account is disabled."),
    ]


def _own_parts(one: Handing, to: Receiving) -> list[Text]:
    if to.his or not one.own_parts:
        return []
    many = f"{one.own_parts:,}"
    return [
        Text(
            f"其中 {many} 笔 {to.name} 原有分成：那份到这天为止，此后都归他负责。",
            f"Of {many} of them {to.name} has a part already: it ends on that day, the rest is his.",
        )
    ]


def _shares(one: Handing, to: Receiving) -> list[Text]:
    if not one.shares:
        return []
    many = f"{one.shares:,}"
    if not to.his:
        return [
            Text(
                f"别人的 {many} 笔在途商机里他的分成，从这天起由 {to.name} 接手；{to.name} 自己负责的归回负责人。",
                f"His parts of {many} open opportunities of others go to {to.name} from that day; "
                f"those of {to.name}'s own go back to their owner.",
            )
        ]
    if one.leaves:
        return [
            Text(
                f"别人的 {many} 笔在途商机里还有他的分成，不会自动换人，请之后改分成。",
                f"He keeps parts of {many} open opportunities of others: change their splits afterwards.",
            )
        ]
    return [
        Text(
            f"别人的 {many} 笔在途商机里他的分成随人走，从这天起算在 {one.new}。",
            f"His parts of {many} open opportunities of others count in {one.new} from that day.",
        )
    ]


def _deals(one: Handing, to: Receiving) -> list[Text]:
    if not one.deals:
        return [Text("名下没有你看得到的在途商机。", "You see no open opportunities in this name.")]
    if not to.his:
        return [
            Text(
                f"名下 {one.deals:,} 笔在途商机从这天起由 {to.name} 接手，算在 {to.unit}。",
                f"{one.deals:,} open opportunities go to {to.name} from that day and count in {to.unit}.",
            )
        ]
    if one.leaves:
        return [
            Text(
                f"名下还有 {one.deals:,} 笔在途商机，不会自动换人，请之后转移。",
                f"{one.deals:,} open opportunities stay with {one.person}: hand them over afterwards.",
            )
        ]
    return [
        Text(
            f"名下 {one.deals:,} 笔在途商机随人走，从这天起算在 {one.new}。",
            f"{one.deals:,} open opportunities go along and count in {one.new} from that day.",
        )
    ]


def _targets(one: Handing, to: Receiving) -> list[Text]:
    if to.his and one.leaves:
        return [Text("个人目标留在名下，不动。", "Targets stay in this name as they are.")]
    follow = [
        Text(
            "两边组织和上级自己填的目标同样减和加，到共同的上级为止。",
            "Own targets of both units and of those above change alike, up to where both meet.",
        )
    ]
    moved = one.unit_targets and to.unit != one.old
    said = (
        Text(f"这天起各月的个人目标随人到 {to.unit}。", f"Targets of the months from then go along to {to.unit}.")
        if to.his
        else Text(
            f"这天起各月的个人目标由 {to.name} 接手，算在 {to.unit}。",
            f"Targets of the months from then go to {to.name} in {to.unit}.",
        )
    )
    return [said, *(follow if moved else [])]


def _credit(one: Handing, to: Receiving, day: str) -> list[Text]:
    if not one.contracts:
        return []
    if to.his:
        return [
            Text(
                f"{day} 起才生效的 {one.contracts:,} 份合同仍算 {one.person} 的业绩，算在 {to.unit}。",
                f"{one.contracts:,} contracts that take effect from {day} count for {one.person} in {to.unit}.",
            )
        ]
    return [
        Text(
            f"{day} 起才生效的 {one.contracts:,} 份合同算 {to.name} 的业绩，算在 {to.unit}。",
            f"{one.contracts:,} contracts that take effect from {day} count for {to.name} in {to.unit}.",
        )
    ]


def move_unit_effects(unit: str, old: str, new: str, below: tuple[int, int], when: When) -> list[Text]:
    """Return what a new parent does.

    Args:
        below: how many units stand under it, and how many people work in all of them.
    """
    day, (units, people) = _day(when.day), below
    return [
        Text(
            f"从 {day} 起 {unit} 归 {new} 管，之前归 {old}；连同下级 {units} 个组织、{people} 人一起移。",
            f"From {day} {unit} is under {new}, before under {old}; {units} units and {people} people move along.",
        ),
        Text(
            f"{new} 和它的上级从这天起合计里有它，{old} 这边不再有；之前各天的合计不变。",
            f"From that day it counts in the totals of {new}, no longer of {old}; totals of earlier days stay.",
        ),
        Text(
            f"管着 {old} 的人不再看到它的在途商机，管着 {new} 的人开始看到。",
            f"Whoever looks after {old} no longer sees its open opportunities; whoever looks after {new} does.",
        ),
        *_timing(when),
    ]


def close_unit_effects(
    unit: str, people: Sequence[str], units: Sequence[str], takes_people: str, takes_units: str, when: When
) -> list[Text]:
    """Return what closing a unit does.

    Args:
        people, units: names of who works in it and of the open units under it.
        takes_people, takes_units: names of the units that take them over.
    """
    day = _day(when.day)
    effects = [
        Text(
            f"从 {day} 起 {unit} 撤销；它留在原来的位置，历史和以前的数都不变。",
            f"From {day} {unit} is closed; it stays where it is, with its history and its figures.",
        )
    ]
    if people and takes_people:
        effects.append(
            Text(
                f"{'、'.join(people)}（{len(people)} 人）从这天起归属 {takes_people}，在途商机跟着走。",
                f"{', '.join(people)} ({len(people)}) belong to {takes_people} from that day, with their open deals.",
            )
        )
    if units and takes_units:
        effects.append(
            Text(
                f"下级 {'、'.join(units)} 从这天起归 {takes_units} 管。",
                f"{', '.join(units)} are under {takes_units} from that day.",
            )
        )
    return [*effects, *_timing(when)]


def _timing(when: When) -> list[Text]:
    """Say when it shows: at once, later, or also in figures of days gone by."""
    effects = []
    if when.day < when.today:
        effects.append(
            Text(
                "这一天已经过去：从那天到今天的在途和业绩会按新的归属重算；已关账的月份不能改。",
                "That day has passed: figures from then until today follow the new place; closed months cannot change.",
            )
        )
    if when.day > when.today:
        effects.append(Text("到那天才生效，之前一切照旧。", "It takes effect on that day; until then nothing changes."))
    if when.next_day:
        day = _day(when.next_day)
        effects.append(
            Text(
                f"{day} 已经定了另一次变动，从那天起以它为准。",
                f"Another change is recorded for {day} and holds from then.",
            )
        )
    return effects


def _day(day: int) -> str:
    return date_of(day).isoformat()
