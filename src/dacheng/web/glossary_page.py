"""The glossary (术语表): a page, and the hints that every page shows where one of its words stands."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.service.glossary import edition, glossary

KEPT_SECONDS = 7 * 24 * 3600
LANGUAGES = ("zh", "en")


@login_required
def glossary_page(request: HttpRequest) -> HttpResponse:
    """Show every word with its meaning, its formula and its unit, in both languages."""
    language = get_language() or "zh-hans"
    other = "zh-hans" if language.startswith("en") else "en"
    sections = [
        {
            "label": section.in_language(language),
            "terms": [
                {
                    "name": " · ".join(term.names(language)),
                    "other": " · ".join(term.names(other)),
                    "means": term.means.in_language(language),
                    "formula": term.formula,
                    "unit": term.unit,
                }
                for term in terms
            ],
        }
        for section, terms in groupby(glossary(), key=lambda term: term.section)
    ]
    context = {
        "heading": _("术语表"),
        "crumbs": [{"label": _("术语表"), "url": ""}],
        "sections": sections,
        "other": other,
    }
    return render(request, "glossary.html", context)


@login_required
def terms_file(request: HttpRequest, language: str) -> HttpResponse:
    """Return word -> hint, for modules/glossary.js; a browser keeps it until the glossary changes."""
    if language not in LANGUAGES:
        raise Http404
    hints = {name.lower(): term.hint(language) for term in glossary() for name in term.names(language)}
    response = JsonResponse(hints, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response


def terms_url(language: str) -> str:
    """Return the address of the hints of a language, which changes when the glossary does."""
    code = "en" if language.startswith("en") else "zh"
    return f"{reverse('web:terms', args=[code])}?edition={edition()}"
