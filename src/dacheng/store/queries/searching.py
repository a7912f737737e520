"""Records whose code or name holds some words; whether they may be seen is asked of the Book."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, IntegerField, Q, Value, When

from dacheng.store.models import RECORDS


def matching_ids(relation: str, words: Iterable[str]) -> list[int]:
    """Return the ids of records that hold every word in code or name, the best fit first.

    What equals the first word comes before what begins with it, then the rest; the newest first among equals.
    """
    listed = list(words)
    if not listed:
        return []
    first = listed[0]
    rank = Case(
        When(Q(code__iexact=first) | Q(name__iexact=first), then=Value(0)),
        When(Q(code__istartswith=first) | Q(name__istartswith=first), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = RECORDS[relation]._default_manager.filter(removed=False)
    for word in listed:
        found = found.filter(Q(code__icontains=word) | Q(name__icontains=word))
    return list(found.annotate(rank=rank).order_by("rank", "-id").values_list("id", flat=True))
