"""Contacts are seen by whoever sees a deal or a contract of their customer, on the same day, on every engine."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.access import SYSTEM, Viewer
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.errors import RuleError
from dacheng.core.period import FAR_DAY
from dacheng.engine.opening import open_book
from tests.engine.conftest import Loaded, duck
from tests.engine.invented import LAST, Invented, companies, dated, filled

CUSTOMERS = 3
NAMED = "SELECT contact_id, customer_id FROM contacts ORDER BY contact_id"
MET = "SELECT customer_id FROM {0} WHERE customer_id IS NOT NULL GROUP BY customer_id ORDER BY customer_id"


def with_contacts(company: Invented) -> Invented:
    """Return a company in which deals and contracts are dealt to customers, with one contact each."""
    facts = dict(company.facts)
    for name in ("deals", "contracts"):
        key = f"{name[:-1]}_id"
        facts[name] = [row | {"customer_id": (row[key] or 0) % CUSTOMERS + 1} for row in facts[name]]
    facts["contacts"] = [
        dated(0, FAR_DAY, **filled(CONTACTS, contact_id=one, customer_id=one)) for one in range(1, CUSTOMERS + 2)
    ]
    return Invented(facts, company.viewer, company.today)


def book_of(engine, company: Invented, day: int, viewer=None):
    given_viewer = viewer or company.viewer
    return open_book(engine, viewer=given_viewer, as_of_day=day, today=company.today, seq=0, rules=())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(invented=companies(), day=st.integers(0, LAST))
def test_a_contact_is_seen_exactly_where_a_row_of_his_customer_is(loaded: Loaded, invented: Invented, day: int):
    company = with_contacts(invented)

    book = book_of(loaded(company.facts), company, day)

    met = {one for name in ("deals", "contracts") for one in book.gather(MET.format(name))["customer_id"].tolist()}
    everybody = met if not book.scope.whole else {*range(1, CUSTOMERS + 2)}
    assert set(book.gather(NAMED)["customer_id"].tolist()) == everybody


def test_their_history_is_for_who_sees_everything():
    company = with_contacts(Invented({"deals": [], "contracts": []}, SYSTEM, today=5))
    engine = duck(company.facts | {"units": [dated(0, FAR_DAY, unit_id=1, parent_id=0, closed=0)]})

    assert len(book_of(engine, company, 5).spans("contacts")) == CUSTOMERS + 1
    with pytest.raises(RuleError, match="按天"):
        book_of(engine, company, 5, Viewer(2)).spans("contacts")
