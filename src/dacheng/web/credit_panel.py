"""The panel of an opportunity that says who is credited with what of it (业绩分成)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.money import percent
from dacheng.core.period import FAR_DAY
from dacheng.service.deals import DealView
from dacheng.service.labels import DatabaseNames
from dacheng.service.splitting import Credit, credits_among, past_shares, shares_through
from dacheng.web import figures
from dacheng.web.asking import Asking
from dacheng.web.fields import Wording


def splits_shown(said: Wording, asked: Asking, view: DealView) -> dict[str, Any]:
    """Return the panel of the page of an opportunity: who has what, since when, and how it was before."""
    day, shares = asked.book.as_of_day, shares_through(view.deal_id)
    found, before = credits_among(view.row, shares, day), past_shares(shares, day)
    names = DatabaseNames().names("people", {one.person_id for one in before}) if before else {}
    past = [
        {
            "label": names[one.person_id].in_language(said.language),
            "share": percent(one.share_bp),
            "days": _("%(first)s 起") % {"first": figures.day(one.from_day)}
            if one.to_day == FAR_DAY
            else _("%(first)s 至 %(last)s") % {"first": figures.day(one.from_day), "last": figures.day(one.to_day - 1)},
        }
        for one in before
    ]
    shown = parts_shown(said, found) if len(found) > 1 else []
    url = reverse("web:deal-split", args=[view.uid]) if "deal.reassign" in view.rights else ""
    return {"credits": shown, "credits_unit": unit_of_parts(said), "past_shares": past, "split_url": url}


def unit_of_parts(said: Wording) -> str:
    """Return the unit in which parts are shown: always exact, whatever unit the page is in."""
    return figures.unit_words("yuan", said.currency, said.language)


def parts_shown(said: Wording, found: Sequence[Credit]) -> list[dict[str, str]]:
    """Return who is credited with what, as the panel shows it."""
    names = DatabaseNames().names("people", {one.person_id for one in found})
    return [
        {
            "label": names[one.person_id].in_language(said.language),
            "role": _("负责人") if one.owner else "",
            "share": percent(one.share_bp),
            "text": figures.money(one.amount, "yuan"),
        }
        for one in found
    ]
