"""Rows without a code are the record of their name, where there is one (按名认).

A list of opportunities names its accounts; the accounts may stand already under codes of
their own, or come with another file of the same import. A name that several bear decides
nothing: those rows are refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from dacheng.core.errors import Text
from dacheng.core.schema import RELATIONS
from dacheng.exchange.drafts import Draft
from dacheng.exchange.noticing import Noticed
from dacheng.exchange.referring import Known

Codes = dict[str, set[str]]
"""Name -> codes of the records that bear it."""


def with_known_codes(drafts: Sequence[Draft], known: Known, noticed: Noticed) -> list[Draft]:
    """Return the drafts; those keyed by their name have the code of the record of that name."""
    named = [draft for draft in drafts if _is_named(draft)]
    for relation in {draft.relation for draft in named}:
        own = [draft for draft in named if draft.relation == relation]
        coded = [draft for draft in drafts if draft.relation == relation and not _is_named(draft)]
        codes = _codes(relation, own, coded, known)
        for draft in own:
            _take_code(draft, codes.get(str(draft.values["code"]), set()), noticed)
    return noticed.not_refused(drafts)


def _is_named(draft: Draft) -> bool:
    """Tell whether the code of a draft is only its name."""
    return draft.rule.keyed_by_name and bool(draft.values.get("code")) and "name" in draft.values and (
        draft.values["code"] == draft.values["name"]
    )  # fmt: skip


def _codes(relation: str, named: Sequence[Draft], coded: Sequence[Draft], known: Known) -> Codes:
    names = {str(draft.values["name"]) for draft in named}
    found: Codes = {}
    for draft in coded:
        if draft.values.get("name") in names:
            found.setdefault(str(draft.values["name"]), set()).add(str(draft.values["code"]))
    for record in known.find(relation, names):
        if record.name in names:
            found.setdefault(record.name, set()).add(record.code)
    return found


def _take_code(draft: Draft, codes: set[str], noticed: Noticed) -> None:
    name = str(draft.values["name"])
    if len(codes) == 1:
        (draft.values["code"],) = codes
    elif codes - {name} and draft.place is not None:
        label = RELATIONS[draft.relation].label
        message = Text(f"{label.zh}里有多个“{name}”。", f"{label.en}: several are called “{name}”.")
        remedy = Text("请补上编码列。", "Add a column with the code.")
        noticed.refuse("import/ambiguous-reference", draft.place, message, remedy, value=name)
