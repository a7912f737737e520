"""Target letters (目标责任书) on pages and as files: one, or all of a plan as a zip (R032)."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.document import Document, Grid, Heading
from dacheng.service import letters
from dacheng.web.asking import asking


@login_required
def letter_page(request: HttpRequest, uid: UUID, row: UUID) -> HttpResponse:
    """Show a letter as it will be printed, with its files."""
    request.section = "targets"
    asked = asking(request)
    found = letters.letter(asked.viewer, asked.book, uid, row, _language())
    talk = reverse("web:plan-talk", args=[uid, row])
    name = found.talk.called.in_language(_language())
    context = {
        "heading": found.document.title,
        "scope": _("，").join((name, found.talk.plan_name)),
        "crumbs": [
            {"label": _("目标"), "url": reverse("web:targets")},
            {"label": name, "url": talk},
            {"label": found.document.title, "url": ""},
        ],
        "blocks": _blocks(found.document),
        "word_url": reverse("web:plan-letter-file", args=[uid, row, "docx"]),
        "pdf_url": reverse("web:plan-letter-file", args=[uid, row, "pdf"]),
        "talk_url": talk,
        "foot": found.document.foot,
    }
    return render(request, "plans/letter.html", context)


@login_required
def letter_file(request: HttpRequest, uid: UUID, row: UUID, kind: str) -> HttpResponse:
    """Return the file of a letter."""
    asked = asking(request)
    found = letters.letter(asked.viewer, asked.book, uid, row, _language())
    content_type, content = letters.letter_file(found, kind)
    return _download(content, content_type, f"{found.file_name}.{kind}")


@login_required
def letters_file(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """Return the letters of everybody in a plan whom the reader sees, as a zip."""
    asked = asking(request)
    content = letters.letters_zip(asked.viewer, asked.book, uid, kind, _language())
    return _download(content, "application/zip", _("责任书") + ".zip")


def _language() -> str:
    return get_language() or "zh-hans"


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{iri_to_uri(name)}"
    return response


def _blocks(document: Document) -> list[dict[str, object]]:
    """Return the blocks of a document for a template, which cannot ask of what kind one is."""
    found: list[dict[str, object]] = []
    for block in document.blocks:
        if isinstance(block, Grid):
            rows = [[(text, at in block.numbers) for at, text in enumerate(row)] for row in block.rows]
            head = [(text, at in block.numbers) for at, text in enumerate(block.head)]
            found.append({"kind": "grid", "head": head, "rows": rows})
        elif isinstance(block, Heading):
            found.append({"kind": "heading", "text": block.text})
        else:
            found.append({"kind": "line", "text": block.text, "look": block.look})
    return found
