"""Role × address: what each role gets on every page follows from the policy; no address, no action may be missing."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from dacheng.core.access import POLICY
from tests.proofs import visiting, world
from tests.proofs.addresses import (
    FORMS,
    GETS,
    POSTS,
    PUBLIC,
    ROLES,
    SEE,
    WITHOUT_A_PAGE,
    Asked,
    filled,
    objects,
    patterns,
)
from tests.proofs.visiting import BACKEND, account, signed_in

SIGN_IN = "/sign-in/?next="


@pytest.fixture(scope="module")
def addresses(opened):
    """Return name -> address of every page, with the records of a rep of 上海 in it; the database stays in use."""
    with opened("sqlite", alone=True), visiting.standing_clock():
        given = objects()
        yield {name: filled(route, given) for name, route in patterns().items()}


def test_every_address_is_in_the_table_and_every_line_of_the_table_is_an_address():
    assert set(GETS) == set(patterns())
    assert set(POSTS) == set(GETS)


def test_every_action_of_the_policy_is_asked_for_by_a_page_or_said_to_have_none():
    asked = {one.right for one in (*GETS.values(), *POSTS.values())} | {right for right, _, _ in FORMS.values()}

    assert asked - {SEE} == set(POLICY) - set(WITHOUT_A_PAGE)


def test_each_role_gets_on_every_page_what_the_policy_says(asked):
    found = {name: " ".join(str(asked[code, name].status) for code in ROLES) for name in patterns()}

    assert found == {name: one.by_role() for name, one in GETS.items()}


def sent(opened, forms: dict[str, dict[str, str]]) -> dict[str, str]:
    """Send a form to each address as each role; what it writes is taken back. Returns name -> statuses."""
    found = {}
    with opened("sqlite", alone=True), visiting.standing_clock():
        given, clients = objects(), [signed_in(code) for code in ROLES]
        for name, form in forms.items():
            address, statuses = filled(patterns()[name], given), []
            for client in clients:
                with transaction.atomic():
                    statuses.append(str(client.post(address, form).status_code))
                    transaction.set_rollback(True)
            found[name] = " ".join(statuses)
    return found


def test_a_step_is_refused_to_whoever_may_not_take_it_at_every_address(opened):
    found = sent(opened, {name: {} for name in POSTS})

    assert found == {name: one.by_role() for name, one in POSTS.items()}


def test_what_everybody_sees_is_changed_by_those_only_who_may(opened):
    found = sent(opened, {name: form for name, (_, _, form) in FORMS.items()})

    assert found == {name: Asked(right, status=status).by_role() for name, (right, status, _) in FORMS.items()}


def test_nobody_gets_anything_without_signing_in(addresses):
    nobody = Client()
    private = {name: at for name, at in addresses.items() if name not in PUBLIC}

    told = {name: (nobody.get(at), nobody.post(at)) for name, at in private.items()}

    open_to_all = {
        name: one.headers.get("Location", "") for name, both in told.items() for one in both if not is_sent_away(one)
    }
    assert open_to_all == {}


def is_sent_away(response) -> bool:
    """Tell whether an answer only leads to the page where one signs in."""
    return response.status_code == 302 and response["Location"].startswith(SIGN_IN) and not response.content


def test_nothing_is_written_from_another_site(addresses):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account(world.OPS), backend=BACKEND)

    found = {name: client.post(at, {"name": "forged"}).status_code for name, at in addresses.items()}

    assert {name: status for name, status in found.items() if status != 403} == {}
