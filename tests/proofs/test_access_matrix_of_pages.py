"""Role × address: what each role gets on every page; no address may be missing from the table."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.proofs import visiting
from tests.proofs.addresses import GETS, POST_ONLY, POSTS, PUBLIC, ROLES, filled, objects, patterns
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
    assert set(POSTS) == {name for name, expected in GETS.items() if expected == POST_ONLY}


def test_each_role_gets_on_every_page_what_the_table_says(asked):
    found = {name: " ".join(str(asked[code, name].status) for code in ROLES) for name in patterns()}

    assert found == GETS


@pytest.mark.parametrize("name", POSTS)
def test_a_step_is_refused_to_whoever_may_not_take_it(opened, name):
    found = []
    for code in ROLES:
        with opened("sqlite", alone=True), visiting.standing_clock():
            address = filled(patterns()[name], objects())
            found.append(str(signed_in(code).post(address).status_code))

    assert " ".join(found) == POSTS[name]


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
    client.force_login(account(ROLES[2]), backend=BACKEND)

    found = {name: client.post(at, {"name": "forged"}).status_code for name, at in addresses.items()}

    assert {name: status for name, status in found.items() if status != 403} == {}
