"""Every answer carries the strict headers, every page obeys them, and what is out of sight looks like what is not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from html.parser import HTMLParser

from tests.proofs import visiting, world
from tests.proofs.addresses import GETS, STEP, filled, objects, patterns
from tests.proofs.visiting import API, Got, got, signed_in

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
KEPT = "terms"
"""The one page whose answer a browser may keep: words that are the same for everybody, nothing of the business."""

DATA = ("application/json", "importmap")


def policy_of(answer: Got) -> dict[str, str]:
    """Return the directives of an answer's content security policy."""
    text = dict(answer.headers).get("Content-Security-Policy", "")
    return dict(part.strip().partition(" ")[::2] for part in text.split(";") if part.strip())


def expected_of(key: tuple[str, str], answer: Got) -> dict[str, str]:
    """Return the headers that the answer to an address has to carry."""
    kept = key[1] == KEPT and answer.status == 200
    return EXACT | {"Cache-Control": "private, max-age=604800"} if kept else EXACT


def test_every_answer_carries_the_strict_policy_and_headers(asked):
    loose = {
        key: (policy_of(one), dict(one.headers))
        for key, one in asked.items()
        if policy_of(one) != STRICT or not expected_of(key, one).items() <= dict(one.headers).items()
    }

    assert loose == {}
    assert {one.status for one in asked.values()} >= {200, 302, 403, 404, 405, 422}


def kind_of(answer: Got) -> str:
    """Return the content type of an answer."""
    return dict(answer.headers).get("Content-Type", "")


class _Inline(HTMLParser):
    """Finds what the policy would not run: scripts and styles in the page, handlers, addresses elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is inline."""
        given = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA):
            self.found.append(self.get_starttag_text() or tag)
        self.found += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        for name in ("src", "action", *(("href",) if tag == "link" else ())):
            if re.match(r"[a-z]+:|//", given.get(name, "")) and not given[name].startswith("data:"):
                self.found.append(f"{tag} {name} {given[name]}")


def test_no_page_holds_anything_that_the_policy_forbids(asked):
    broken = {}
    pages = {
        key: one for key, one in asked.items() if dict(one.headers).get("Content-Type", "").startswith("text/html")
    }
    for key, one in pages.items():
        reader = _Inline()
        reader.feed(one.text)
        if reader.found:
            broken[key] = reader.found[:3]

    assert broken == {}
    assert len(pages) > 300


def test_no_answer_says_what_serves_it_or_fails(asked):
    telling = {
        key: one.status
        for key, one in asked.items()
        if one.status >= 500 or {"Server", "X-Powered-By"} & dict(one.headers).keys()
    }

    assert telling == {}


PUBLIC_RECORDS = {"stage", "board-cards", "theme", "factor"}
"""Pages of records that everybody sees."""


def alike(client, there: str, nowhere: str, words) -> tuple[Got, Got]:
    """Return what two addresses answer, without the names that the addresses themselves hold."""
    found = []
    for answer in (got(client, there), got(client, nowhere)):
        body = answer.body
        for word in words:
            body = body.replace(str(word).encode(), b"*")
        found.append(Got(answer.status, answer.headers, body))
    return found[0], found[1]


def test_a_record_out_of_sight_answers_as_one_that_does_not_exist(opened):
    with opened("sqlite", alone=True), visiting.standing_clock():
        client, nobody = signed_in(world.EAST), uuid.uuid4()
        hidden, missing = objects("T0028", "HN-GD"), objects("T0028", "HN-GD", nothing=nobody)
        words = [*hidden.uids.values(), nobody]
        pages = {
            name: (filled(route, hidden), filled(route, missing))
            for name, route in patterns().items()
            if "<uuid:uid>" in route and GETS[name] != STEP and name not in PUBLIC_RECORDS
        }
        pages |= {
            f"{API}/{name}": (f"{API}/{name}/{hidden.uids[name]}", f"{API}/{name}/{nobody}")
            for name in ("deals", "contracts", "units", "people")
        }
        told = {name: alike(client, there, nowhere, words) for name, (there, nowhere) in pages.items()}

    assert {name: (one.status, other.status) for name, (one, other) in told.items() if one != other} == {}
    assert {told[name][0].status for name in ("deal", "contract", "deal-won", f"{API}/deals", f"{API}/people")} == {404}


def test_the_deployment_check_is_clean_over_https(tmp_path):
    environment = os.environ | {
        "DACHENG_HTTPS": "1",
        "DACHENG_HOME": str(tmp_path),
        "DACHENG_SECRET_KEY": "",
        "DJANGO_SETTINGS_MODULE": "dacheng.conf.settings",
    }

    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout
