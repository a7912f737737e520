"""Pages are tested as a browser asks for them, on a database with the small company of the store's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client


@pytest.fixture
def company(db):
    """Load the small company into the test's database and return the module that names its people and units."""
    from tests.store import company as small  # models can be imported once Django is set up

    small.load()
    return small


@pytest.fixture
def signed_in(company) -> Callable[..., Client]:
    """Return a function from a person's code, and a language, to a client that is signed in as him."""
    from dacheng.store.models import Account

    def client_of(code: str, language: str = "zh-hans") -> Client:
        account, _ = Account.objects.get_or_create(
            person_id=company.number("people", code), defaults={"username": code, "language": language}
        )
        client = Client()
        client.force_login(account, backend="dacheng.store.signing_in.PersonBackend")
        return client

    return client_of
