"""How uploaded tables were read, in words, on the preview; a word or a column can be read otherwise right there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.errors import DachengError
from dacheng.core.schema import RELATIONS
from dacheng.service.import_choosing import correct
from dacheng.service.import_looking import Look
from dacheng.service.import_readings import (
    BECAUSE,
    NOT_READ,
    ColumnRead,
    Reading,
    WordRead,
    field_label,
    fields_correctable,
    fields_offered,
)
from dacheng.service.uploads import opened
from dacheng.web.asking import asking
from dacheng.web.forms import said as sentence
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

SAME = frozenset({"code", "name"})
"""Words that stand as they are called here: nothing to look at twice."""

MOST_COLUMNS = 500


@login_required
@require_POST
def correct_columns(request: HttpRequest, token: str) -> HttpResponse:
    """Read the columns of one table as somebody says, and look again."""
    asked = asking(request)
    kept = opened(settings.UPLOADS, token, asked.viewer.person_id, asked.at)
    keys, names = request.POST.getlist("key")[:MOST_COLUMNS], request.POST.getlist("field")[:MOST_COLUMNS]
    fields = {key: name for key, name in zip(keys, names, strict=False) if name}
    try:
        correct(kept, asked.viewer, request.POST.get("table", ""), fields)
    except DachengError as problem:
        say(request, sentence(problem))
    return redirect("web:import-look", token=token)


def explained_words(seen: Look) -> set[tuple[str, str]]:
    """Return (column key, text) of every word that is explained."""
    return {(word.column, word.text) for one in seen.readings for word in one.table.words}


def shown_readings(seen: Look) -> list[dict[str, Any]]:
    """Return how the tables were read, as imports/reading.html shows it."""
    language = get_language() or "zh-hans"
    return [_shown(one, seen, language) for one in seen.readings]


def _shown(one: Reading, seen: Look, language: str) -> dict[str, Any]:
    comma = _("、")
    words = [_word(word, seen, language) for word in one.table.words]
    unread = [column.title for column in one.table.columns if not column.taken_as]
    return {
        "label": one.table.label,
        "kinds": comma.join(RELATIONS[name].label.in_language(language) for name in one.table.relations),
        "way": _way(one, language),
        "columns": [_column(column, one, language, comma) for column in one.table.columns],
        "options": _options(one, language),
        "not_read": NOT_READ if one.way == "mapping" else "",
        "unread": comma.join(unread),
        "unread_count": counted(len(unread), "列"),
        "words": [word for word in words if not word["same"]],
        "same": comma.join(f"{word['title']}「{word['text']}」" for word in words if word["same"]),
        "same_count": counted(sum(word["same"] for word in words), "个写法"),
    }


def _way(one: Reading, language: str) -> str:
    if one.way == "titles":
        return _("按表头认的")
    return _("按你选的列") if one.way == "hand" else _("按映射「%s」") % one.mapping.in_language(language)


def _options(one: Reading, language: str) -> list[tuple[str, str]]:
    """Return the fields that a column may be read as; none where columns cannot be chosen here."""
    if one.way == "mapping":
        return _options_of_mapping(one, language)
    if one.fields is None:
        return []
    return [(name, label.in_language(language)) for name, label in fields_offered(one.relation)]


def _options_of_mapping(one: Reading, language: str) -> list[tuple[str, str]]:
    """Return the fields of everything that a row yields; a mapping says as what its columns are read already."""
    several = len(one.table.relations) > 1
    told = []
    for relation, field in fields_correctable(one.table.relations):
        before = f"{RELATIONS[relation].label.in_language(language)} · " if several else ""
        told.append((f"{relation}.{field}", before + field_label(relation, field).in_language(language)))
    return told


def _column(column: ColumnRead, one: Reading, language: str, comma: str) -> dict[str, Any]:
    return {
        "key": column.key,
        "title": column.title,
        "taken_as": comma.join(text.in_language(language) for text in column.taken_as),
        "field": (one.fields or {}).get(column.key, ""),
    }


def _word(word: WordRead, seen: Look, language: str) -> dict[str, Any]:
    meant = word.meant.in_language(language)
    return {
        "column": word.column,
        "title": word.title,
        "text": word.text,
        "rows": counted(word.rows, "行"),
        "meant": meant,
        "because": BECAUSE[word.because].in_language(language),
        "same": word.because in SAME,
        "picks": [pick for pick in seen.picks.get(word.of, ()) if pick != meant],
    }
