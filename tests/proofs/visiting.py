"""Somebody at a browser or a program, on 19 August 2026: what he gets, and every address he can follow from there."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from heapq import heappop, heappush
from html.parser import HTMLParser
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from dacheng.api import limiting
from dacheng.store.actions.accounts import issue_token
from dacheng.store.models import Account
from tests.proofs import world

SHELLS = ("dacheng.web", "dacheng.api", "dacheng.conf")
BACKEND = "dacheng.store.signing_in.PersonBackend"
API = "/api/v1"
IRRELEVANT = ("Set-Cookie", "Server-Timing", "Date")


class Standing(datetime):
    """A clock that stands still on 19 August 2026."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """Return the moment at which every proof looks."""
        return world.NOW.astimezone(tz) if tz else world.NOW.replace(tzinfo=None)


@contextmanager
def standing_clock() -> Iterator[None]:
    """Let every request come on 19 August 2026, and nobody be refused for calling often."""
    import_module("dacheng.conf.urls")
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith(SHELLS) and vars(module).get("datetime") is datetime:
                patch.setattr(module, "datetime", Standing)
        patch.setattr(limiting, "count_call", lambda caller: None)
        patch.setattr("dacheng.api.signing.count_call", lambda caller: None)
        yield


def account(code: str) -> Account:
    """Return the account of a person, made when there is none."""
    return Account.objects.get_or_create(person_id=world.number("people", code), defaults={"username": code})[0]


def signed_in(code: str) -> Client:
    """Return the browser of a person; of nobody for an empty code."""
    client = Client()
    if code:
        client.force_login(account(code), backend=BACKEND)
    return client


def token(code: str) -> str:
    """Return an API token of a person."""
    account(code)
    return issue_token(actor=world.viewer(code), at=world.FOUNDED, name="proof", scopes=("read", "write")).secret


@dataclass(frozen=True)
class Got:
    """An answer without what differs from request to request: CSRF tokens and cookies."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text; of a file, nothing."""
        return self.body.decode(errors="replace")


CSRF = re.compile(rb'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ?"|X-CSRFToken&quot;: ?&quot;)[A-Za-z0-9]+')


def got(client: Client, address: str, **headers: str) -> Got:
    """Get an address."""
    response = client.get(address, headers=headers)
    body = response.getvalue() if response.streaming else response.content
    kept = tuple(sorted((name, value) for name, value in response.items() if name not in IRRELEVANT))
    return Got(response.status_code, kept, CSRF.sub(rb"\1", body))


# Crawling ----------------------------------------------------------------------------------


class Links(HTMLParser):
    """Every address of a page that can be got: links, sources of fragments, forms that ask."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._form: tuple[str, list[tuple[str, str]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of one element."""
        given = {name: value or "" for name, value in attrs}
        self.found += [given[name] for name in ("href", "hx-get", "data-url", "src") if given.get(name)]
        if tag == "form" and given.get("method", "get").lower() == "get":
            self._form = (given.get("action", ""), [])
        elif self._form and tag in ("input", "button") and given.get("name") and given.get("type") != "checkbox":
            self._form[1].append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Note the address that a form asks for as it stands."""
        if tag == "form" and self._form:
            action, fields = self._form
            self.found.append(f"{action}?{urlencode([pair for pair in fields if pair[1]])}")
            self._form = None


def links_of(address: str, page: Got) -> list[str]:
    """Return the addresses of a page and where it leads on to, without anchors and static files, sorted."""
    headers = dict(page.headers)
    parser = Links()
    if headers.get("Content-Type", "").startswith("text/html"):
        parser.feed(page.text)
    absolute = (urlsplit(urljoin(address, one)) for one in [*parser.found, headers.get("Location", "")] if one)
    local = {one._replace(fragment="").geturl() for one in absolute if one.netloc == "" and one.scheme in ("", "http")}
    return sorted(one for one in local if not one.startswith("/static/"))


STANDPOINT = {"as_of", "basis", "compare", "show"}
ASKED_ONCE = {"export", "how"}
"""Pages that follow from a report's, and are got once a report."""


def shape_of(address: str) -> str:
    """Return what addresses of one kind have in common: the pattern, the report, the names of the parameters."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return "nowhere"
    kind = " ".join(str(match.kwargs[one]) for one in ("name", "kind") if one in match.kwargs)
    once = match.url_name in ASKED_ONCE
    return f"{match.route} {kind} {'' if once else ' '.join(sorted(parameters_of(address)))}"


def parameters_of(address: str) -> set[str]:
    """Return the names of an address's parameters."""
    return {name for name, _ in parse_qsl(urlsplit(address).query)}


@dataclass(frozen=True)
class Limits:
    """How far a crawl goes: addresses of one shape, parameters of one address, addresses in all."""

    shape: int = 1
    parameters: int = 1
    most: int = 400

    def reach(self, address: str) -> bool:
        """Tell whether an address is near enough: what is asked for from elsewhere or otherwise is asked for once."""
        names = parameters_of(address)
        return len(names - STANDPOINT) <= self.parameters and not (names & STANDPOINT and len(names) > self.parameters)


def crawled(client: Client, starts: Iterable[str], limits: Limits) -> dict[str, Got]:
    """Follow links from where somebody starts, plain addresses first; return address -> what he got."""
    waiting = [(0, at, address) for at, address in enumerate(starts)]
    seen = {address for *_, address in waiting}
    shapes = Counter(shape_of(one) for one in seen)
    found: dict[str, Got] = {}
    while waiting and len(found) < limits.most:
        *_, address = heappop(waiting)
        found[address] = got(client, address)
        for link in links_of(address, found[address]):
            shape = shape_of(link)
            if link in seen or shapes[shape] >= limits.shape or not limits.reach(link):
                continue
            seen.add(link)
            shapes[shape] += 1
            heappush(waiting, (len(parameters_of(link)), len(seen), link))
    return found


def api_addresses(client: Client, of_each: int = 2) -> list[str]:
    """Return every address of the API that somebody can get: lists, then some records of each list."""
    reads = read_paths()
    addresses = [path for path in reads if "{" not in path]
    for path in reads:
        if "{" in path:
            addresses += [path.replace(place(path), one) for one in _ids(client, path.split("/{")[0])[:of_each]]
    return addresses


@cache
def read_paths() -> list[str]:
    """Return the paths of the API that can be got; the document is the same for everybody and slow to make."""
    from dacheng.api.app import api

    paths = api.get_openapi_schema(path_prefix=f"{API}/")["paths"]
    return sorted(path for path, methods in paths.items() if "get" in methods)


def place(path: str) -> str:
    """Return the first place of a path: ``{uid}``."""
    return path[path.index("{") : path.index("}") + 1]


def _ids(client: Client, address: str) -> list[str]:
    """Return the public ids in a list of the API."""
    response = client.get(address)
    body = response.json() if response.status_code == 200 else {}
    rows = body.get("rows", []) if isinstance(body, dict) else []
    values = [value for row in rows for name, value in row.items() if name == "id" or name.endswith("_id")]
    return [value for value in dict.fromkeys(values) if _is_uid(value)]


def _is_uid(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False
