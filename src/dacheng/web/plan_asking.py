"""Which plan, measure and rows an address asks for, and how the reader sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.plans.schema import PLANS
from dacheng.service.people import viewer_now
from dacheng.service.plan_beside import Beside, beside
from dacheng.service.plan_grid import PlanGrid, plan_grid
from dacheng.service.plan_listing import PlanShown
from dacheng.store.identity import hidden
from dacheng.web import figures
from dacheng.web.asking import Asking
from dacheng.web.links import pairs_of, with_query
from dacheng.web.plan_columns import plan_columns
from dacheng.web.plan_grid_view import AMOUNT, SUBMITTED, PlanLook
from dacheng.web.standpoint import money_unit

KEPT = ("measure", "row", "below", "layer", "show", "with")
"""The parts of the address that say which grid."""


@dataclass(frozen=True)
class Opened:
    """A plan's grid with the Book it came from and the moment of the request."""

    at: datetime
    viewer: Viewer
    book: Book
    look: PlanLook

    @property
    def grid(self) -> PlanGrid:
        """Return the grid."""
        return self.look.grid


def asked_now(request: HttpRequest) -> Asking:
    """Return who asks, of today: a plan is worked on as it stands."""
    at = datetime.now(UTC)
    asked = Asking(viewer_now(request.user.person_id, at), at, None, None, "then")
    request.asked = asked
    request.section = "targets"
    return asked


def opened(request: HttpRequest, uid: UUID, *, now: Asking | None = None) -> Opened:
    """Return the grid that an address asks for, as it stands now.

    Raises:
        NotFound: there is no such plan or row, or the viewer has no part in it.
    """
    asked = now or asked_now(request)
    grid = plan_grid(asked.viewer, asked.book, uid, request.GET.get("measure", ""), request.GET.get("row", ""))
    language = get_language() or "zh-hans"
    look = PlanLook(
        grid=grid,
        columns=plan_columns(grid.sheet.plan, asked.book.rules.fiscal, language),
        unit=money_unit(request),
        address=lambda kind, key: plan_address(request, "plan" if kind == "grid" else "plan-cell", uid, row=key),
        layer=SUBMITTED if request.GET.get("layer") == SUBMITTED else AMOUNT,
        compared=request.GET.get("below") == "1",
        english=figures.is_english(language),
        beside=_beside(request, asked, grid),
    )
    return Opened(asked.at, asked.viewer, asked.book, look)


def _beside(request: HttpRequest, asked: Asking, grid: PlanGrid) -> Beside | None:
    """Return the version that an address asks to see beside the plan."""
    text = request.GET.get("with", "")
    if not text:
        return None
    try:
        uid = UUID(hex=text)
    except ValueError:
        raise hidden(PLANS.label) from None
    return beside(asked.viewer, asked.book, grid, uid)


def plan_address(request: HttpRequest, name: str, uid: UUID, **more: str) -> str:
    """Return the address of a page of a plan that keeps which grid it is about."""
    kept = [(key, value) for key, value in pairs_of(request) if key in KEPT and key not in more]
    return with_query(reverse(f"web:{name}", args=[uid]), [*kept, *more.items()])


def plan_crumbs(shown: PlanShown | None = None, last: str = "", url: str = "") -> list[dict[str, str]]:
    """Return the way to a page of plans, of one plan, and what is done there."""
    crumbs = [
        {"label": _("目标"), "url": reverse("web:targets")},
        {"label": _("目标方案"), "url": reverse("web:plans") if shown or last else ""},
    ]
    if shown:
        here = url or reverse("web:plan", args=[shown.uid])
        crumbs.append({"label": f"{shown.name} V{shown.plan.number}", "url": here if last else ""})
    return crumbs + ([{"label": last, "url": ""}] if last else [])


def months_of(shown: PlanShown, book: Book) -> str:
    """Return the months of a plan as people call them: a fiscal year by its name, others from and to."""
    plan, fiscal = shown.plan, book.rules.fiscal
    year = fiscal.year(int(fiscal.year_of(plan.from_ym)))
    if (year.from_ym, year.to_ym) == (plan.from_ym, plan.until_ym):
        return str(year.label(fiscal).in_language(get_language() or "zh-hans"))
    return f"{figures.month(plan.from_ym)} – {figures.month(plan.until_ym - 1)}"


def state_words(shown: PlanShown) -> str:
    """Return the state and the version of a plan: 草稿 V2."""
    return f"{shown.state.in_language(get_language() or 'zh-hans')} V{shown.plan.number}"
