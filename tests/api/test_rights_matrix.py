"""Role × operation: what each role gets follows from the policy; no operation may be missing here."""

from __future__ import annotations

import pytest

from dacheng.api.app import api
from dacheng.api.operations import OWN, SEEN
from dacheng.core.access import POLICY, ROLE_CODE
from dacheng.core.report import REPORTS
from tests.api.calling import PERSON_OF_ROLE, Caller, token
from tests.api.cases import READS, WRITES, Case, at

REPORT_READS = {f"report_{name.replace('/', '_')}": Case(at(f"/reports/{name}")) for name in REPORTS}
CASES = {**READS, **REPORT_READS, **WRITES}


def declared() -> dict[str, tuple[str, str, int]]:
    """Return operation id -> method, right and the status of success."""
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    return {
        one["operationId"]: (method.upper(), one["x-action"], min(int(status) for status in one["responses"]))
        for path in document["paths"].values()
        for method, one in path.items()
    }


DECLARED = declared()
READ_NAMES = sorted(name for name, (method, _, _) in DECLARED.items() if method == "GET")
WRITE_NAMES = sorted(name for name, (method, _, _) in DECLARED.items() if method != "GET")


def expected(name: str, role: int) -> int:
    """Return the status that policy and sight give a role."""
    _, right, success = DECLARED[name]
    case = CASES[name]
    if case.hides and not case.is_seen(role):
        return 404
    if right in (SEEN, OWN) or role in POLICY[right]:
        return success
    return 403


def test_every_operation_has_a_case_and_every_case_an_operation():
    assert set(CASES) == set(DECLARED)


def test_every_action_of_the_policy_is_an_operation_or_belongs_to_the_machine():
    without = set(POLICY) - {right for _, right, _ in DECLARED.values()}

    assert without == {"company.found", "export.company"}, "set up and exported from the command line"


@pytest.mark.parametrize("name", READ_NAMES)
def test_a_read_shows_each_role_what_it_may_see(name, sqlite_database):
    seen = {}
    for role, person in PERSON_OF_ROLE.items():
        path, _ = CASES[name].call(person)
        seen[ROLE_CODE[role]] = Caller(person).get(path).status_code

    assert seen == {ROLE_CODE[role]: expected(name, role) for role in PERSON_OF_ROLE}


@pytest.mark.parametrize("name", WRITE_NAMES)
def test_a_write_is_refused_to_roles_without_the_right(name, sqlite_database):
    refused = {role: person for role, person in PERSON_OF_ROLE.items() if expected(name, role) >= 400}
    method = DECLARED[name][0]

    seen = {}
    if refused:
        path, body = CASES[name].call("")
        seen = {role: Caller(person).send(method, path, body).status_code for role, person in refused.items()}

    assert seen == {role: expected(name, role) for role in refused}


@pytest.mark.parametrize(
    ("name", "role"),
    [(name, role) for name in WRITE_NAMES for role in PERSON_OF_ROLE if expected(name, role) < 400],
    ids=lambda value: ROLE_CODE.get(value, value) if isinstance(value, int) else value,
)
def test_a_write_is_done_for_roles_with_the_right(name, role, sqlite_database):
    person = PERSON_OF_ROLE[role]
    path, body = CASES[name].call(person)

    answer = Caller(person).send(DECLARED[name][0], path, body)

    assert answer.status_code == expected(name, role), answer.content.decode()


def test_nobody_gets_anything_without_a_token_or_a_session(sqlite_database):
    nobody = Caller()
    seen = set()
    for name, (method, _, _) in DECLARED.items():
        path, body = CASES[name].call("li")
        seen.add((name, nobody.send(method, path, body).status_code))

    assert seen == {(name, 401) for name in DECLARED}


def test_a_token_that_may_only_read_writes_nothing_and_one_that_may_only_write_reads_nothing(sqlite_database):
    reader, writer = Caller(bearer=token("ops", "read")), Caller(bearer=token("ops", "write"))

    refused = {}
    for name, (method, _, _) in DECLARED.items():
        path, body = CASES[name].call("ops")
        refused[name] = (writer if method == "GET" else reader).send(method, path, body).status_code

    assert refused == dict.fromkeys(DECLARED, 403)
