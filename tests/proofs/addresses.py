"""Every address of the pages, and what each role gets there: the table that a new address must enter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.urls import URLPattern, get_resolver

from dacheng.store.identity import stored_uid
from dacheng.store.models import RECORDS, ImportBatch, LogEntry
from tests.proofs import world
from tests.proofs.visiting import API, Got, api_addresses, got, signed_in, standing_clock
from tests.proofs.world import number, uid

ROLES = (world.REP, world.EAST, world.OPS, world.EXECUTIVE, world.ADMIN, world.FINANCE)
"""A sales rep, a manager, sales operations, an executive, an administrator, finance: columns of the tables below."""

EVERYBODY = "200 200 200 200 200 200"
MOVED_ON = "302 302 302 302 302 302"
POST_ONLY = "405 405 405 405 405 405"
OPERATIONS = "403 403 200 403 403 403"
OFFICE = "403 403 200 403 200 403"
"""What sales operations and administrators look after: organisation, people, the log."""

ADMINISTRATORS = "403 403 403 403 200 403"
NOWHERE = "404 404 404 404 404 404"
DEAL_SEEN = "200 200 200 200 404 200"
DEAL_EDITED = "200 200 200 403 404 403"

GETS = {
    "cockpit": EVERYBODY,
    "cockpit-changes": EVERYBODY,
    "tables": MOVED_ON,
    "targets": MOVED_ON,
    "targets-grid": EVERYBODY,
    "targets-history": EVERYBODY,
    "targets-saves": EVERYBODY,
    "targets-save": "404 200 200 200 404 200",
    "targets-undo": POST_ONLY,
    "deals": MOVED_ON,
    "customers": MOVED_ON,
    "report": EVERYBODY,
    "how": EVERYBODY,
    "export": EVERYBODY,
    "export-job": EVERYBODY,
    "jobs": EVERYBODY,
    "every-job": ADMINISTRATORS,
    "job": NOWHERE,
    "job-file": NOWHERE,
    "job-cancel": POST_ONLY,
    "new-deal": "200 200 200 403 403 403",
    "deal-bulk": "200 200 200 403 403 403",
    "deal-paste": "200 200 200 403 403 403",
    "own-changes": EVERYBODY,
    "views": EVERYBODY,
    "new-view": EVERYBODY,
    "view": NOWHERE,
    "edit-view": NOWHERE,
    "pin-view": POST_ONLY,
    "delete-view": POST_ONLY,
    "restore-view": POST_ONLY,
    "deal": DEAL_SEEN,
    "deal-move": POST_ONLY,
    "board": EVERYBODY,
    "board-cards": MOVED_ON,
    "board-move": POST_ONLY,
    "deal-hand-over": "403 200 200 403 404 403",
    "duplicate-deals": "403 200 200 403 403 403",
    "duplicate-customers": OPERATIONS,
    "merge": "403 200 200 403 404 403",
    "deal-won": DEAL_EDITED,
    "deal-lost": DEAL_EDITED,
    "deal-verify": "403 200 200 403 404 403",
    "deal-field": DEAL_SEEN,
    "new-contract": "200 200 200 403 403 200",
    "contract": DEAL_SEEN,
    "contract-edit": "403 200 200 403 404 200",
    "imports": OPERATIONS,
    "import-template": OPERATIONS,
    "import-batch": OPERATIONS,
    "import-undo": POST_ONLY,
    "import-look": NOWHERE,
    "import-commit": POST_ONLY,
    "import-read": POST_ONLY,
    "import-spelling": POST_ONLY,
    "import-drop": POST_ONLY,
    "import-refused": NOWHERE,
    "import-choose": NOWHERE,
    "import-read-by": POST_ONLY,
    "import-save": POST_ONLY,
    "import-mapping-drop": POST_ONLY,
    "undo": POST_ONLY,
    "organisation": OFFICE,
    "orphans": OFFICE,
    "rights": OFFICE,
    "new-unit": OFFICE,
    "unit": OFFICE,
    "move-unit": OFFICE,
    "acting-manager": ADMINISTRATORS,
    "close-unit": OFFICE,
    "unit-field": OFFICE,
    "people": OFFICE,
    "new-person": OFFICE,
    "person": OFFICE,
    "move-person": OFFICE,
    "undo-transfer": POST_ONLY,
    "leave": OFFICE,
    "grant-role": ADMINISTRATORS,
    "end-role": POST_ONLY,
    "give-grant": OFFICE,
    "end-grant": POST_ONLY,
    "invite": POST_ONLY,
    "able-account": POST_ONLY,
    "person-field": OFFICE,
    "search": EVERYBODY,
    "why": EVERYBODY,
    "first-steps": OFFICE,
    "show-first-steps": POST_ONLY,
    "glossary": EVERYBODY,
    "terms": EVERYBODY,
    "log": OFFICE,
    "replica": OFFICE,
    "verify-log": POST_ONLY,
    "log-entry": OFFICE,
    "settings": EVERYBODY,
    "account": EVERYBODY,
    "password": EVERYBODY,
    "new-token": POST_ONLY,
    "revoke-token": POST_ONLY,
    "calendar": EVERYBODY,
    "calendar-fill": POST_ONLY,
    "rules": EVERYBODY,
    "rule": EVERYBODY,
    "stages": EVERYBODY,
    "loss-reasons": EVERYBODY,
    "new-loss-reason": "403 403 200 403 403 403",
    "loss-reason": "403 403 200 403 403 403",
    "new-stage": OPERATIONS,
    "new-stage-set": OPERATIONS,
    "stage": EVERYBODY,
    "periods": EVERYBODY,
    "close-period": POST_ONLY,
    "reopen-period": POST_ONLY,
    "sign-in": EVERYBODY,
    "sign-in-link": EVERYBODY,
    "sign-out": POST_ONLY,
    "preferences": POST_ONLY,
}
"""Name of an address -> the status that each role gets there, in the order of ``ROLES``."""

POSTS = {
    "targets-undo": "404 200 200 403 404 403",
    "job-cancel": NOWHERE,
    "deal-move": "409 409 409 403 404 403",
    "board-move": "422 422 422 403 404 403",
    "import-undo": "403 403 302 403 403 403",
    "import-commit": NOWHERE,
    "import-read": NOWHERE,
    "import-spelling": NOWHERE,
    "import-drop": NOWHERE,
    "import-read-by": NOWHERE,
    "import-save": NOWHERE,
    "import-mapping-drop": "403 403 404 403 403 403",
    "undo": "403 422 422 403 404 403",
    "pin-view": NOWHERE,
    "delete-view": NOWHERE,
    "restore-view": NOWHERE,
    "end-role": "403 403 403 403 404 403",
    "end-grant": "403 403 404 403 404 403",
    "undo-transfer": "403 403 404 403 404 403",
    "invite": ADMINISTRATORS,
    "able-account": "403 403 403 403 302 403",
    "verify-log": OFFICE,
    "new-token": "422 422 422 422 422 422",
    "revoke-token": NOWHERE,
    "calendar-fill": "403 403 302 403 403 403",
    "close-period": "403 403 422 403 403 422",
    "reopen-period": "403 403 422 403 403 422",
    "show-first-steps": MOVED_ON,
    "sign-out": MOVED_ON,
    "preferences": MOVED_ON,
}
"""The same for a form without fields where there is nothing to get."""

PUBLIC = frozenset({"sign-in", "sign-in-link", "sign-out", "preferences"})
"""Addresses that nobody has to sign in for."""


@dataclass(frozen=True, slots=True)
class Objects:
    """What the places of an address are filled with.

    Args:
        uids: relation -> public id.
        entries: of the log: who set targets, who edited an opportunity.
    """

    uids: dict[str, UUID]
    batch: UUID
    saved: str
    edited: str


def objects(owner: str = world.REP, unit: str = "HD-SH", nothing: UUID | None = None) -> Objects:
    """Return records of somebody and his unit, or with ``nothing`` an id that no record has."""
    deal = uid("deals", world.open_deals(owner)[-1])
    contract = RECORDS["contracts"].objects.filter(owner_id=number("people", owner)).order_by("id").first()
    found = {
        "deals": deal,
        "contracts": stored_uid(contract.uid),
        "units": uid("units", unit),
        "people": uid("people", owner),
        "stages": uid("stages", "need"),
        "loss_reasons": uid("loss_reasons", "price"),
    }
    saved, edited = (LogEntry.objects.filter(action=one).order_by("seq").first().hash for one in ENTRIES)
    uids = found if nothing is None else dict.fromkeys(found, nothing)
    return Objects(uids, stored_uid(ImportBatch.objects.order_by("pk").first().uid), saved, edited)


ENTRIES = ("targets.set", "deal.edited")
RELATION_AT = {"contracts/": "contracts", "/units/": "units", "/people/": "people", "/stages/": "stages"}
RELATION_AT |= {"/loss-reasons/": "loss_reasons"}


def patterns() -> dict[str, str]:
    """Return name -> route of every address of the pages."""
    import_module("dacheng.conf.urls")
    return {name: route for route, name in _walk(get_resolver()) if not route.startswith("api/")}


def _walk(resolver: Any, before: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, str(one.name)
        else:
            yield from _walk(one, route)


def filled(route: str, given: Objects) -> str:
    """Return an address with its places filled."""
    relation = next((one for mark, one in RELATION_AT.items() if mark in f"/{route}"), "deals")
    places = {
        "<uuid:uid>": str(given.batch if "batches/" in route else given.uids[relation]),
        "<report:name>": "tables/pipeline",
        "<str:kind>": "csv",
        "<slug:relation>": "deals",
        "<slug:token>": "nothing-waits-here",
        "<slug:entry>": given.saved if "targets/" in route else given.edited,
        "<int:year>": "2027",
        "<slug:language>": "zh",
        "<slug:name>": "name" if "value/" in route else "amount",
        "<str:name>": "deals.stalled_days",
        "<str:token>": "no-such-link",
    }
    for place, value in places.items():
        route = route.replace(place, value)
    return f"/{route}"


NOT_FOUND = (
    "/no/such/page/",
    "/reports/no/report/",
    "/reports/tables/pipeline/?as_of=yesterday",
    f"{API}/no-such-thing",
)


def everything_asked(opened: Any) -> dict[tuple[str, str], Got]:
    """Return (role, name or address) -> answer: every page for every role and for nobody, the API for some."""
    found = {}
    with opened("sqlite", alone=True), standing_clock():
        given = objects()
        pages = {name: filled(route, given) for name, route in patterns().items()}
        for code in (*ROLES, ""):
            client = signed_in(code)
            programs = api_addresses(client, of_each=1) if code in (world.EAST, world.OPS) else [f"{API}/me"]
            for name, address in [*pages.items(), *((one, one) for one in (*programs, *NOT_FOUND))]:
                found[code, name] = got(client, address)
    return found
