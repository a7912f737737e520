"""The columnar replica as people meet it: a word at the foot of a page, a page for its keepers, the API, commands."""

from datetime import UTC, datetime

import pytest
import typer
from django.conf import settings
from typer.testing import CliRunner

from dacheng.cli import replica
from dacheng.service import replicating
from dacheng.store.history import microseconds

MOMENT = datetime(2026, 6, 15, 2, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("replicas")


@pytest.fixture
def built(company):
    return replicating.refresh(microseconds(MOMENT), step=lambda: None, is_gone=lambda _number: True)


def foot(answer):
    """Return what a page says of the replica."""
    return answer.content.decode().partition('<p class="freshness ink3">')[2].partition("</p>")[0]


def test_a_wide_page_says_up_to_when_the_replica_knows_all_and_to_its_keepers_what_was_read_since(signed_in, built):
    told = {code: foot(signed_in(code).get("/reports/tables/pipeline/")) for code in ("li", "east", "ops")}

    plain = "列存副本 · 截至 2026-06-15 10:00，之后的变更另读"
    assert told == {"li": "", "east": plain, "ops": f"{plain} · 0 行"}


def test_without_a_replica_its_keepers_are_told_why_and_others_nothing(signed_in):
    told = [foot(signed_in(code, "en").get("/reports/tables/pipeline/")) for code in ("li", "ops")]

    assert told == ["", "Columnar replica not used: It is not built yet; the worker will build it."]


def test_its_page_shows_how_it_stands_to_its_keepers_only(signed_in, built):
    page = signed_in("ops").get("/settings/replica/").content.decode()

    assert "列存副本在用" in page and f"{built.versions:,}" in page
    assert signed_in("admin").get("/settings/replica/").status_code == 200
    assert signed_in("east").get("/settings/replica/").status_code == 403


def test_a_large_company_is_offered_one_with_the_way_to_the_rule(signed_in, monkeypatch):
    monkeypatch.setattr(settings, "REPLICA", "auto")
    monkeypatch.setattr("dacheng.service.replica_status.WORTH_DEALS", 3)

    page = signed_in("ops").get("/settings/replica/").content.decode()

    assert "有 3 个商机，建议开启列存副本" in page
    assert "/settings/rules/replica.use/" in page


def test_the_api_tells_the_same(signed_in, built):
    told = signed_in("ops").get("/api/v1/replica").json()

    assert (told["wanted"], told["answers"], told["behind"], told["opportunities"]) == (True, True, 0, 3)
    assert (told["versions"], told["size"]) == (built.versions, built.size)
    assert told["known_to"].startswith("2026-06-15T02:00:00")


def test_commands_build_it_show_it_and_remove_it(company, monkeypatch):
    monkeypatch.setenv("DACHENG_LANGUAGE", "en")
    app = typer.Typer()
    replica.register(app, lambda url: None)

    said = [CliRunner().invoke(app, ["replica", word]) for word in ("status", "build", "status", "drop", "drop")]

    assert [one.exit_code for one in said] == [0] * 5
    texts = [one.output for one in said]
    assert "not built yet" in texts[0] and "knows everything up to" in texts[1]
    assert "behind\t0" in texts[2] and "Removed." in texts[3] and "There is none" in texts[4]
