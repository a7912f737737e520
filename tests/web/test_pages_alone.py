"""A page is looked for among the pages, whatever else has addresses: a process without API calls stays small."""

import pytest
from django.urls import get_resolver

from dacheng.conf.addressing import PAGES

pytestmark = pytest.mark.django_db


def test_a_page_is_found_without_reading_the_addresses_of_the_api(client):
    page = client.get("/sign-in/")

    assert page.status_code == 200
    assert page.wsgi_request.urlconf == PAGES
    assert not any("api" in str(one.pattern) for one in get_resolver(PAGES).url_patterns)


def test_an_address_of_the_api_is_still_found_beside_them(client):
    answer = client.get("/api/v1/openapi.json")

    assert answer.status_code in (200, 401)
    assert answer.headers["Content-Type"].startswith(("application/json", "application/problem+json"))


def test_an_address_that_is_nobodys_gets_the_page_of_errors(client):
    page = client.get("/no/such/page/")

    assert page.status_code == 404
    assert "text/html" in page.headers["Content-Type"]
