"""The board of open opportunities (商机看板): a column a stage, cards moved by hand, by key or by menu (R120, R149)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import may
from dacheng.core.deals.schema import DEALS, WON
from dacheng.core.errors import Conflict, RuleError
from dacheng.service.board import (
    CARDS,
    REPORT,
    Board,
    BoardStage,
    board_of,
    card_of,
    cards_of,
    names_on,
    standing_card,
    versions_of,
)
from dacheng.service.deals import may_create, move_filled
from dacheng.service.labels import DatabaseNames
from dacheng.service.people import viewer_now
from dacheng.service.reports import Answer, run_report
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.deal_tabs import deal_tabs
from dacheng.web.fields import both_values
from dacheng.web.filtering import filter_bar
from dacheng.web.forms import said as sentence
from dacheng.web.links import changed, pairs_of, report_url, standpoint, with_query
from dacheng.web.stage_form import asked_form, filled_in
from dacheng.web.standpoint import asof_bar, money_unit
from dacheng.web.tabling import Showing, showing
from dacheng.web.undoing import saved_toast

NOT_FILTERS = ("as_of", "compare", "basis", "show", "set", "stage", "offset", "limit")
FLAGS = ("overdue", "stalled", "pushed")


@login_required
def board_page(request: HttpRequest) -> HttpResponse:
    """Show the open opportunities of one stage set, a column a stage, each with its first cards."""
    request.section = "deals"
    asked = asking(request)
    board = board_of(asked.book, request.GET.get("set", ""))
    whole = run_report(REPORT, _given(request) | {"limit": "1"}, book=asked.book, names=DatabaseNames())
    shown = showing(request, whole)
    answers = {one.stage_id: cards_of(asked.book, _given(request), one) for one in board.stages if one.open}
    cards = _Cards(request, asked, list(answers.values()))
    context = {
        "heading": _("商机看板"),
        "crumbs": [{"label": _("商机"), "url": reverse("web:deals")}, {"label": _("看板"), "url": ""}],
        "asof": asof_bar(request, asked.book, comparable=False),
        "tabs": deal_tabs(request, "board"),
        "filters": _filters(request, shown, board),
        "lanes": [cards.lane(one, answers.get(one.stage_id)) for one in board.stages],
        "whole": _whole(shown),
        "table_url": report_url(REPORT, _table_pairs(request)),
        "past": asked.book.as_of_day != asked.book.today,
        "query": request.META.get("QUERY_STRING", ""),
        "buttons": [{"label": _("新建商机"), "url": reverse("web:new-deal"), "primary": True}]
        if may_create(asked.viewer)
        else [],
        "empty": {"sentence": _("还没有阶段。"), "hint": _("在设置里建一个阶段集，再加阶段。")},
    }
    return render(request, "board/board.html", context)


@login_required
def more_cards(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return the next cards of a column; as a page of its own it is the pipeline table of that stage."""
    asked = asking(request)
    own = board_of(asked.book, holding=uid).stage(uid)
    if not request.headers.get("HX-Request"):
        return redirect(report_url(REPORT, [*_table_pairs(request), ("stage", own.name.code)]))
    first = request.GET.get("offset", "")
    answer = cards_of(asked.book, _given(request), own, first=int(first) if first.isdecimal() else 0)
    cards = _Cards(request, asked, [answer])
    return render(request, "board/cards.html", {"lane": cards.lane(own, answer)})


@login_required
@require_POST
def move_card(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move a card to another stage and return it with the heads of both columns as they stand now.

    What somebody else changed meanwhile, and what a rule refuses, is a small form in place.
    """
    at = datetime.now(UTC)
    actor = viewer_now(request.user.person_id, at)
    stage, version = request.POST.get("stage", ""), request.POST.get("version", "")
    seen = int(version) if version.isdecimal() else 0
    typed, unit = filled_in(request), money_unit(request)
    try:
        move_filled(actor, at, uid, stage=stage, typed=typed, version=seen, money_unit=unit)
    except (Conflict, RuleError) as problem:
        return _asked_again(request, uid, problem)
    return _moved(request, uid, saved_toast(actor, at))


def _asked_again(request: HttpRequest, uid: UUID, problem: Conflict | RuleError) -> HttpResponse:
    """Return why a card did not move, both values where two people met, and the way to move it all the same."""
    asked = asking(request)
    number, version = standing_card(uid)
    clash = both_values(request, DEALS, problem) if isinstance(problem, Conflict) else []
    wanted = board_of(asked.book, holding=_uuid(request.POST.get("stage", ""))).stages
    label = next((one.name.in_language(_language()) for one in wanted if one.name.uid == request.POST.get("stage")), "")
    context = {
        "message": sentence(problem),
        "clash": clash,
        "form": asked_form(request, asked, problem) if isinstance(problem, RuleError) else None,
        "uid": uid,
        "number": number,
        "hidden": [(name, request.POST.get(name, "")) for name in ("stage", "from")] + [("version", version)],
        "submit": _("移到%(stage)s") % {"stage": label},
    }
    return render(request, "board/asked.html", context, status=409 if clash else 422)


def _moved(request: HttpRequest, uid: UUID, toast: Mapping[str, str]) -> HttpResponse:
    asked = asking(request)
    board = board_of(asked.book, holding=_uuid(request.POST["stage"]))
    target = board.stage(UUID(request.POST["stage"]))
    answers = {
        one.stage_id: cards_of(asked.book, _given(request), one)
        for one in board.stages
        if one.open and one.name.uid in (target.name.uid, request.POST.get("from", ""))
    }
    number, _version = standing_card(uid)
    kept = answers[target.stage_id]
    own = replace(kept, table=card_of(kept, number))
    cards = _Cards(request, asked, [own])
    context = {
        "heads": [cards.head(one, answers[one.stage_id]) for one in board.stages if one.stage_id in answers],
        "lane": cards.lane(target, own),
        "toast": toast,
    }
    return render(request, "board/moved.html", context)


class _Cards:
    """Writes the columns of a board for one reader, whose names and versions are read once for all of them."""

    def __init__(self, request: HttpRequest, asked: Asking, answers: list[Answer]) -> None:
        tables = [one.table for one in answers]
        self._request, self._asked, self._unit = request, asked, money_unit(request)
        self._names, self._records = names_on(tables), versions_of(tables)
        self._now = asked.book.as_of_day == asked.book.today

    def lane(self, stage: BoardStage, answer: Answer | None) -> dict[str, Any]:
        """Return the context of board/lane.html; a closing stage has a head only."""
        lane = self.head(stage, answer)
        if answer is None:
            return lane
        table = answer.table
        after = table.page.offset + len(table)
        more = self._address("web:board-cards", stage, {"offset": str(after)}) if after < table.count else ""
        left = table.count - after
        return lane | {
            "cards": [self._card(answer, row) for row in range(len(table))],
            "more_url": more,
            "more": ngettext("再看 %(count)s 单", "再看 %(count)s 单", left) % {"count": min(left, CARDS)},
        }

    def head(self, stage: BoardStage, answer: Answer | None) -> dict[str, Any]:
        """Return what stands over a column: the totals of the pipeline table of the stage."""
        head: dict[str, Any] = {"uid": stage.name.uid, "label": stage.name.in_language(_language())}
        if answer is None:
            url = report_url("deals/list", [("stage", stage.name.code), *standpoint(self._request)])
            return head | {"outcome": "won" if stage.state == WON else "lost", "url": url}
        totals = answer.table.totals
        return head | {
            "url": report_url(REPORT, [*_table_pairs(self._request), ("stage", stage.name.code)]),
            "count": figures.count(answer.table.counted),
            "amount": figures.money(_number(totals["amount"]), self._unit),
            "weighted": figures.money(_number(totals["weighted"]), self._unit),
        }

    def _card(self, answer: Answer, row: int) -> dict[str, Any]:
        table = answer.table
        cells = {name: table.cell(name, row) for name in ("deal_id", "customer_id", "owner_id", "amount", *FLAGS)}
        number = int(cells["deal_id"] or 0)
        uid, version = self._records[number]
        return {
            "uid": uid,
            "version": version,
            "url": with_query(reverse("web:deal", args=[uid]), standpoint(self._request)),
            "name": self._name("deals", number),
            "customer": self._name("customers", cells["customer_id"]),
            "owner": self._name("people", cells["owner_id"]),
            "amount": figures.money(_number(cells["amount"]), self._unit),
            "day": figures.day(_number(table.cell("expected_day", row)), answer.book.as_of_day),
            "flags": [table.column(name).label.in_language(_language()) for name in FLAGS if cells[name]],
            "movable": self._now and self._may_move(table.cell("unit_id", row), cells["owner_id"]),
        }

    def _may_move(self, unit: float | None, owner: float | None) -> bool:
        tree = self._asked.book.tree
        return may(self._asked.viewer, "deal.edit", tree, unit_id=int(unit or 0), owner_id=int(owner or 0))

    def _name(self, relation: str, number: float | None) -> str:
        name = self._names[relation].get(int(number or 0))
        return name.in_language(_language()) if name else ""

    def _address(self, url: str, stage: BoardStage, changes: Mapping[str, str]) -> str:
        path = reverse(url, args=[stage.name.uid])
        return changed(self._request, dict(changes), path)


def _given(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address, as the pipeline report takes them."""
    return {name: value for name, value in pairs_of(request) if name not in NOT_FILTERS}


def _table_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the address of the same deals as a table: filters and standpoint, without what only a board knows."""
    return [(name, value) for name, value in pairs_of(request) if name not in ("set", "stage", "offset", "limit")]


def _filters(request: HttpRequest, shown: Showing, board: Board) -> dict[str, Any]:
    """Return the filter bar of the pipeline report; the stages are the columns, their set is chosen instead."""
    bar = filter_bar(shown, [])
    how = with_query(reverse("web:how", args=[REPORT]), _table_pairs(request))
    chips = [one for one in bar["chips"] if one["name"] != "stage"]
    return bar | {"chips": [*_sets(request, board), *chips], "columns": None, "exports": [], "how_url": how}


def _sets(request: HttpRequest, board: Board) -> list[dict[str, Any]]:
    """Return the chip that chooses the stage set; none where there is one only."""
    if len(board.sets) < 2:
        return []
    options = [
        {
            "label": name.in_language(_language()),
            "url": changed(request, {"set": name.code}),
            "active": number == board.set_id,
        }
        for number, name in board.sets.items()
    ]
    text = board.sets[board.set_id].in_language(_language())
    return [{"name": "set", "label": _("阶段集"), "text": text, "narrowed": False, "options": options}]


def _whole(shown: Showing) -> dict[str, str]:
    """Return the totals of every stage of every set: the total row of the pipeline table."""
    table = shown.table
    return {
        "count": figures.count(table.counted),
        "amount": figures.money(_number(table.totals["amount"]), shown.unit),
        "weighted": figures.money(_number(table.totals["weighted"]), shown.unit),
    }


def _number(value: float | None) -> int | None:
    return None if value is None else int(value)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _language() -> str:
    return get_language() or "zh-hans"
