"""Whatever a manager can get stays byte for byte what it was when something changes in another region.

Addresses are found by following links from the cockpit and from the document of the API, so a new page is covered
as soon as it can be reached.
"""

from __future__ import annotations

import difflib
import re

import pytest

from dacheng.store.identity import stored_uid
from dacheng.store.models import RECORDS
from tests.proofs import elsewhere, visiting, world
from tests.proofs.asking import REPORTS
from tests.proofs.visiting import API, CSRF, Limits, api_addresses, crawled, got, signed_in
from tests.proofs.world import uid

GUESSED = (
    "/reports/tables/pipeline/?owner={person}",
    "/reports/deals/list/?unit={unit}",
    "/reports/deals/list/?customer={customer}",
    "/reports/targets/attainment/?unit={unit}",
    "/targets/grid/?unit={unit}",
    "/deals/new/",
    "/search/?q={person}",
    "/search/?q={customer}",
    "/search/?q={name}",
    "/search/?q={deal}",
    "/why/?deal={deal}",
    "/why/?deal={deal}&person={person}",
    "/settings/why/?deal={deal}",
    f"{API}/reports/tables/pipeline?owner={{person}}",
    f"{API}/reports/deals/list?customer={{customer}}",
    f"{API}/reports/deals/list?unit={{unit}}",
    f"{API}/deals?owner={{person}}",
    f"{API}/search?q={{name}}",
    f"{API}/why?deal={{deal}}",
    f"{API}/why?deal={{deal}}&person={{person}}",
)
"""Addresses that nobody links to, with words of what comes to be elsewhere, and words a little beside them."""

WORDS = (
    {"person": "T9043", "unit": "HN-HI", "customer": "ELSE-K1", "name": "新来的人", "deal": "ELSE-1"},
    {"person": "T9044", "unit": "HN-HJ", "customer": "ELSE-K", "name": "苏皋化纤南", "deal": "ELSE"},
    {"person": "T0028", "unit": "海南代表处", "customer": "苏皋化纤南方公司", "name": "海南", "deal": "改了名字的商机"},
)
PLAIN = ("/", "/targets/grid/", *(f"{API}/{name}" for name in ("deals", "people", "units", "contracts", "customers")))
REP_PAGES = 100
API_FROM = ("?as_of=2026-06-30", "?basis=today")


def everything(client, limits: Limits) -> dict[str, visiting.Got]:
    """Return address -> answer of everything that somebody can follow or guess."""
    listed = api_addresses(client)
    at_other_times = [one + query for one in listed for query in API_FROM if "/reports/" in one]
    guessed = [pattern.format(**words) for pattern in GUESSED for words in WORDS]
    return crawled(client, dict.fromkeys(["/", *records(), *listed, *at_other_times, *guessed]), limits)


def records() -> list[str]:
    """Return pages that nothing else leads to for sure.

    The opportunity seen by a grant, one with a contract, one that was his until it was handed over, and a list as a
    file of what others share.
    """
    (granted,) = RECORDS["grants"].objects.filter(person_id=world.number("people", world.EAST)).values_list("object_id")
    own = RECORDS["contracts"].objects.filter(owner_id=world.number("people", world.REP), deal_id__isnull=False)
    numbers = [*granted, own.values_list("deal_id", flat=True)[0]]
    pages = [f"/deals/{stored_uid(RECORDS['deals'].objects.get(pk=one).uid)}/" for one in numbers]
    reports = [f"/reports/{name}/" for name in REPORTS if name != "deals/moves"]
    handed, before = uid("deals", world.HANDED_OVER), f"?as_of={world.iso(world.HANDED_OVER_ON - 1)}"
    deal = [f"/deals/{handed}/", f"/deals/{handed}/next_step/", f"{API}/deals/{handed}", f"{API}/deals"]
    pages.append("/reports/customers/accounts/export.csv")
    return [*pages, *(address + before for address in ("/", *deal, *reports, "/reports/deals/list/export.json"))]


def first_difference(before: visiting.Got, after: visiting.Got) -> str:
    """Return what changed in an answer, short enough to read."""
    if before.body == after.body:
        return f"{before.status} {before.headers} -> {after.status} {after.headers}"
    lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), lineterm="", n=0)
    return "\n".join(line[:300] for line in list(lines)[:12])


def leaks(client, before: dict[str, visiting.Got]) -> dict[str, str]:
    """Return what is no longer the same, by address."""
    after = {address: got(client, address) for address in before}
    return {one: first_difference(before[one], after[one]) for one in before if before[one] != after[one]}


def test_nothing_that_anybody_in_the_east_can_get_tells_of_changes_in_other_regions(opened):
    with opened("sqlite", alone=True), visiting.standing_clock():
        manager, rep = signed_in(world.EAST), signed_in(world.REP)
        seen_by_manager, seen_by_rep = everything(manager, Limits()), everything(rep, Limits(most=REP_PAGES))
        elsewhere.everything_changes()
        told_to_manager, told_to_rep = leaks(manager, seen_by_manager), leaks(rep, seen_by_rep)

    assert told_to_manager == {}
    assert told_to_rep == {}
    exported = [got.text for address, got in seen_by_manager.items() if "/customers/accounts/export.csv" in address]
    assert exported and world.SHARED_CUSTOMER in exported[0]


RANDOM = re.compile(rb"[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27}|\b[A-Z]-[0-9A-F]{10}\b|\b[0-9a-f]{10}\b")
"""Names of entries, public ids and codes that are made at random when something is written."""


def written_in_the_east(client) -> list[tuple[int, bytes]]:
    """Return the answers to what the manager of 华东 writes, and the pages that show it."""
    stage, owner = uid("stages", "need"), uid("people", world.REP)
    deal = {"name": "东部新机会", "owner_id": str(owner), "stage_id": str(stage), "amount": "12.5"}
    cell = {"unit_id": str(uid("units", "HD-SH")), "measure_id": str(uid("measures", "contract")), "month": "2026-12"}
    answers = [
        client.post("/deals/new/", deal, follow=True),
        client.post(f"{API}/customers", {"name": "东部新客户"}, content_type="application/json"),
        client.put(f"{API}/targets/cells", {"cells": [cell | {"amount": "9.00"}]}, content_type="application/json"),
        client.post(f"{API}/customers", {"name": "重名", "code": "KH00001"}, content_type="application/json"),
        client.get("/targets/saves/"),
        client.get("/reports/deals/list/?owner=T0016&sort=-amount"),
    ]
    return [(one.status_code, CSRF.sub(b"", RANDOM.sub(b"*", one.content))) for one in answers]


def test_what_one_writes_is_answered_the_same_whatever_was_written_elsewhere(opened):
    answers = []
    for change in (lambda: None, elsewhere.everything_changes):
        with opened("sqlite", alone=True), visiting.standing_clock():
            change()
            answers.append(written_in_the_east(signed_in(world.EAST)))

    assert [status for status, _ in answers[0]] == [200, 201, 200, 422, 200, 200]
    assert answers[0] == answers[1]


@pytest.mark.slow
def test_nothing_that_a_manager_can_get_on_any_way_tells_of_changes_in_another_region(opened, engine):
    with opened(engine, alone=True), visiting.standing_clock():
        client = signed_in(world.EAST)
        before = everything(client, Limits(shape=3, parameters=2, most=4_000))
        elsewhere.everything_changes()
        found = leaks(client, before)

    assert found == {}


def test_the_same_changes_are_plain_to_whoever_looks_after_that_region(opened):
    with opened("sqlite", alone=True), visiting.standing_clock():
        client = signed_in(world.SOUTH)
        before = {address: got(client, address) for address in PLAIN}
        elsewhere.everything_changes()
        found = leaks(client, before)

    assert found.keys() == set(PLAIN)
