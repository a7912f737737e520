"""Reports through the API: the same Table as everywhere, with ids; whatever is asked, never a 500."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.report import REPORTS
from dacheng.service.answering import answer_database
from dacheng.service.exporting import as_json
from tests.api.calling import Caller, token
from tests.store.company import AT, uid


def test_a_report_says_its_standpoint_columns_rows_and_totals(sqlite_database):
    answer = Caller("east").get("/reports/deals/list", sort="-amount").json()

    assert (answer["as_of"], answer["basis"], answer["parameters"]) == ("2026-06-15", "then", {"sort": "-amount"})
    assert [row["amount"] for row in answer["rows"]] == ["100000.00", "20000.00"]
    assert answer["totals"]["amount"] == "120000.00"
    assert answer["count"] == 2
    first = answer["rows"][0]
    assert (first["deal"], first["deal_name"], first["deal_id"]) == ("D1", "云平台一期", str(uid("deals", "D1")))
    assert (first["closed"], first["owner_id"]) == (None, str(uid("people", "li")))


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_api_answers_what_the_command_line_answers(sqlite_database, name):
    told = as_json(answer_database(name, {}, at=AT, viewer="east"), (), "en")

    answer = Caller("east").get(f"/reports/{name}").json()

    ids = {f"{column['name']}_id" for column in told["columns"]}
    plain = [{key: value for key, value in row.items() if key not in ids} for row in answer["rows"]]
    assert plain == told["rows"]
    assert answer["totals"] == told["totals"]


def test_the_list_of_deals_is_the_report_of_deals(sqlite_database):
    east = Caller("east")

    assert east.get("/deals", state="open").json() == east.get("/reports/deals/list", state="open").json()


def test_a_compared_day_stands_beside_the_same_rows(sqlite_database):
    ops = Caller("ops")
    ops.post("/deals", {"name": "新", "owner_id": str(uid("people", "li")), "stage_id": str(uid("stages", "lead"))})
    ops.patch(f"/deals/{uid('deals', 'D1')}", {"amount": "150000.00", "version": 1})

    answer = ops.get("/reports/deals/list", compare="2026-06-14", sort="-amount").json()

    assert answer["rows"][0]["amount"] == "150000.00"
    assert answer["compared"]["as_of"] == "2026-06-14"
    assert answer["compared"]["rows"][0]["amount"] == "100000.00"
    assert answer["compared"]["rows"][[row["deal_name"] for row in answer["rows"]].index("新")] is None
    assert (answer["totals"]["amount"], answer["compared"]["totals"]["amount"]) == ("170000.00", "120000.00")


def test_what_was_known_at_a_moment_is_told_again(sqlite_database, monkeypatch):
    ops = Caller("ops")
    ops.patch(f"/deals/{uid('deals', 'D1')}", {"amount": "150000.00", "version": 1, "on": "2026-02-01"})

    then = ops.get("/reports/deals/list", known_at="2026-06-14T12:00:00+00:00").json()
    now = ops.get("/reports/deals/list", known_at=AT.isoformat()).json()

    assert (then["totals"]["amount"], now["totals"]["amount"]) == ("120000.00", "170000.00")


def test_a_report_comes_as_csv_and_as_a_workbook(sqlite_database):
    east = Caller("east")

    rows = list(csv.DictReader(io.StringIO(east.get("/reports/deals/list", format="csv").content.decode())))
    book = east.get("/reports/deals/list", format="xlsx")

    assert [row["deal"] for row in rows] == ["D1", "D2"]
    assert book.content[:2] == b"PK"
    assert 'filename="deals-list-2026-06-15.xlsx"' in book["Content-Disposition"]
    assert east.get("/reports/deals/list", format="pdf").status_code == 422


def test_unknown_parameters_are_named_with_those_there_are(sqlite_database):
    answer = Caller("east").get("/reports/deals/waterfall", since="2026-06-01", colour="red", page="1")

    assert answer.status_code == 422
    assert [(one["place"], one["name"]) for one in answer.json()["errors"]] == [("query", "colour"), ("query", "page")]
    assert "since" in answer.json()["errors"][0]["detail"]


def test_an_unknown_report_names_those_there_are(sqlite_database):
    answer = Caller("east").get("/reports/deals/nothing")

    assert answer.status_code == 404
    assert "tables/pipeline" in answer.json()["remedy"]


def test_a_page_of_a_report_keeps_the_totals_of_all(sqlite_database):
    answer = Caller("ops").get("/reports/deals/list", offset="1", limit="1").json()

    assert (len(answer["rows"]), answer["count"], answer["totals"]["amount"]) == (1, 3, "120000.00")


def test_the_catalogue_lists_every_report_with_its_parameters(sqlite_database):
    rows = {one["name"]: one for one in Caller("li").get("/reports").json()["rows"]}

    assert set(rows) == set(REPORTS)
    parameters = {one["name"]: one for one in rows["deals/list"]["parameters"]}
    assert parameters["state"]["choices"] == ["open", "won", "lost"]
    assert (parameters["owner"]["relation"], parameters["owner"]["label"]) == ("people", "Owner")
    assert "only" not in parameters


ODD = re.findall(
    r"\S+",
    """
0 1 D1 C1 li EAST SOUTH 华东 contract open won commit 2026 2026-H1 2026-Q9 2026-13 2026-06-15 2026-02-30 0001-01-01
9999-12-31 9999-12-30 1970-01-01 2026-01..2025-01 9998 1971 then today -amount amount --amount json csv xlsx 999999999
9999999999 -1 1e9 ٣ ² NaN ' % ＝1+1 2026-06-15T00:00:00+08:00 0001-01-01T00:00:00+14:00 9999-12-31T23:59:59-12:00
""",
)
WORDS = st.one_of(st.sampled_from([*ODD, "", "\x00", "\n", "'; DROP TABLE log; --"]), st.text(max_size=12))
STANDPOINT = ["as_of", "basis", "compare", "known_at", "format", "offset", "limit", "page", "only", "colour"]


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """Return a report and parameters for it: mostly its own, with any words."""
    name = draw(st.sampled_from(sorted(REPORTS)))
    own = [one.name for one in REPORTS[name].parameters]
    names = draw(st.lists(st.sampled_from([*own, *STANDPOINT]), unique=True, max_size=4))
    return name, {one: draw(WORDS) for one in names}


@pytest.mark.parametrize("person", ["boss", "li"])
def test_no_question_ever_breaks_a_report(shared_database, person):
    caller = Caller(bearer=token(person))

    @settings(
        max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(questions())
    def asked(question: tuple[str, dict[str, str]]) -> None:
        name, parameters = question
        answer = caller.get(f"/reports/{name}", **parameters)
        assert answer.status_code in (200, 422), (question, answer.content.decode())

    from dacheng.api import limiting

    limiting.WINDOWS.count = lambda *_: None  # type: ignore[method-assign]
    asked()
