"""In any organisation, whatever happens outside somebody's scope leaves every byte that he can get as it was.

The organisation, its history, who holds what role, what is granted to whom and what happens are drawn at random;
what lies outside is worked out by hand (organisations.Outside). He asks for pages, the API, search, trends, files,
background jobs, histories and saved views, and the same after all of it has happened.
"""

from __future__ import annotations

import random
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.conf import settings as configured
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from dacheng.core.access import SYSTEM
from dacheng.core.report import REPORTS
from dacheng.exchange.csvbook import sound_company
from dacheng.service.job_running import run
from dacheng.service.setting_up import migrate
from dacheng.store.actions.company import install_company
from dacheng.store.actions.views import save_view
from tests.proofs import visiting, world
from tests.proofs.organisations import BOSS, VIEWER, Organisation, Outside, organisations
from tests.proofs.stirring import KINDS, stir, stirrings
from tests.proofs.test_non_interference import first_difference
from tests.proofs.visiting import API, Got, Limits, api_addresses, crawled, got, signed_in
from tests.store.switching import using

AT_ONCE = {"phases": (Phase.generate,), "suppress_health_check": list(HealthCheck)}
"""An example takes seconds: what it finds is told as it is, not made smaller."""

FEW, MANY = settings(max_examples=4, **AT_ONCE), settings(max_examples=12, **AT_ONCE)
SOME_ADDRESSES, ALL_ADDRESSES = 40, 500

GUESSED = (
    "/search/?q={code}",
    f"{API}/search?q={{code}}",
    "/reports/deals/list/?{relation}={code}",
    f"{API}/reports/tables/pipeline?{{relation}}={{code}}",
    f"{API}/reports/deals/list?{{relation}}={{code}}",
    f"{API}/reports/targets/attainment?{{relation}}={{code}}",
    "/why/?deal={code}",
    f"{API}/why?deal={{code}}",
    "/targets/grid/?unit={code}",
)
STANDPOINTS = ("as_of=2026-03-31", "as_of=2026-07-15&basis=today", "basis=today", "compare=2026-05-31")
PLAIN = tuple(f"{API}/{name}" for name in ("deals", "people", "units", "contracts", "customers"))
WORDS = ("名", "改名", "新客户", "进口", "NU", "白来一趟")


@pytest.fixture(scope="module")
def founded(tmp_path_factory, django_db_blocker) -> Callable[..., object]:
    """Return a context manager that uses a new database with an organisation in it."""
    folder = tmp_path_factory.mktemp("random")
    empty, made = folder / "empty.sqlite3", iter(range(10**6))
    with django_db_blocker.unblock(), using(f"sqlite:///{empty}"):
        migrate()

    @contextmanager
    def using_database(organisation: Organisation) -> Iterator[None]:
        place = folder / str(next(made))
        organisation.write(place)
        shutil.copyfile(empty, place / "one.sqlite3")
        with django_db_blocker.unblock(), using(f"sqlite:///{place / 'one.sqlite3'}"):
            install_company(actor=SYSTEM, at=world.FOUNDED, company=sound_company(place))
            yield
        shutil.rmtree(place)

    return using_database


ALWAYS = (
    *("/", "/views/", "/changes/", "/jobs/", f"{API}/jobs", f"{API}/views", "/search/?q=名", "/reports/tables/trends/"),
    *(f"{API}/search?q=改名", "/reports/deals/list/export.csv", "/reports/deals/list/export.xlsx"),
    *(
        f"{API}/reports/{name}"
        for name in ("tables/trends", "tables/forecast", "deals/funnel", "customers/accounts", "org/engagements")
    ),
)
"""What is asked for whatever else is drawn."""


def addresses(client, outside: Outside) -> list[str]:
    """Return every other address that is asked for: lists and records, reports at other times, files, guesses."""
    words = [*WORDS, *outside.deals, *outside.people, *outside.customers, *outside.units, "ND1", "NP1", "NK1", "NU1"]
    relations = {"D": "q", "P": "owner", "K": "customer", "U": "unit"}
    guessed = [
        pattern.format(code=word, relation=relations.get(word.removeprefix("N")[0], "q"))
        for pattern in GUESSED
        for word in words
    ]
    reports = [f"{API}/reports/{name}?{query}" for name in sorted(REPORTS) for query in STANDPOINTS]
    files = [f"/reports/{name}/export.{kind}" for name in sorted(REPORTS) for kind in ("csv", "json")]
    return list(dict.fromkeys([*api_addresses(client, of_each=3), *reports, *files, *guessed]))


def exported(client) -> tuple[int, bytes]:
    """Ask for an export in the background, do it, and return the file."""
    asked = client.post(f"{API}/jobs/exports", {"report": "deals/list"}, content_type="application/json")
    job = asked.json()["id"]
    run(UUID(job), clock=lambda: world.NOW, worker="proof", root=configured.RESULTS, ending=threading.Event())
    answer = client.get(f"{API}/jobs/{job}/file")
    return answer.status_code, answer.getvalue()


def told(organisation: Organisation, asked: dict[str, Got]) -> set[str]:
    """Return the records that are named in what somebody got."""
    text = " ".join(one.text for one in asked.values())
    return {code for name in ("deals", "people", "units") for code in organisation.codes(name) if f"名{code}" in text}


def check(founded, organisation: Organisation, steps, seed: int, most: int) -> tuple[Counter[str], set[str], bool]:
    """Ask, stir, ask again; return what took effect, what the viewer saw at all, and whether the boss noticed."""
    outside = Outside(organisation)
    with founded(organisation), visiting.standing_clock():
        save_view(actor=world.viewer(VIEWER), at=world.FOUNDED, report="deals/list", name="我的", query="sort=-amount")
        client, boss = signed_in(VIEWER), signed_in(BOSS)
        job = exported(client)
        before = crawled(client, ALWAYS, Limits(most=len(ALWAYS) + most // 2))
        wanted = [one for one in addresses(client, outside) if one not in before]
        picked = random.Random(seed).sample(wanted, min(most, len(wanted)))
        before |= {address: got(client, address) for address in picked}
        shown = [got(boss, address).body for address in PLAIN]
        done = stir(outside, steps)
        after = {address: got(client, address) for address in before}
        job_after = exported(client)
        noticed = shown != [got(boss, address).body for address in PLAIN]

    assert {one: first_difference(before[one], after[one]) for one in before if before[one] != after[one]} == {}
    assert job_after == job
    return done, told(organisation, before) & set(organisation.codes("deals")), noticed


def proven(founded, at_most: settings, most: int) -> tuple[Counter[str], set[str], list[bool]]:
    """Try organisations; return what took effect in all, what was seen, and where the boss noticed."""
    effects: Counter[str] = Counter()
    seen: set[str] = set()
    noticed: list[bool] = []

    @at_most
    @given(organisations(), stirrings(), st.integers(0, 2**20))
    def nothing_is_told(organisation, steps, seed):
        done, met, heard = check(founded, organisation, steps, seed, most)
        effects.update(done)
        seen.update(met)
        noticed.append(heard)

    nothing_is_told()
    return effects, seen, noticed


@pytest.fixture
def alike(monkeypatch) -> Iterator[None]:
    """Draw the same organisations in every run: else constants of whatever modules are loaded are drawn as well."""
    monkeypatch.setattr(providers, "_get_local_constants", Constants)
    providers.CONSTANTS_CACHE.cache.clear()
    yield
    providers.CONSTANTS_CACHE.cache.clear()


@pytest.mark.usefixtures("alike")
def test_nothing_that_somebody_can_get_tells_of_what_happens_outside_his_scope_in_a_few_organisations(founded):
    effects, seen, noticed = proven(founded, FEW, SOME_ADDRESSES)

    assert len(effects) > 0.9 * len(KINDS)
    assert seen
    assert all(noticed)


@pytest.mark.slow
def test_nothing_that_somebody_can_get_tells_of_what_happens_outside_his_scope_in_many_organisations(founded):
    effects, seen, noticed = proven(founded, MANY, ALL_ADDRESSES)

    assert set(KINDS) - set(effects) == set()
    assert seen
    assert all(noticed)
