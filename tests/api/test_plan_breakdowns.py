"""Breaking a plan down over the API: what the months follow is chosen, told, and kept with the plan."""

from tests.api.calling import Caller
from tests.api.cases import plan_at


def plan():
    """Return the path of a plan of two months, January and February 2027."""
    return plan_at()("li")[0]


def test_months_by_weeks_with_an_uplift_are_told_and_kept(sqlite_database):
    east, address = Caller("east"), plan()
    body = {"total": "1000", "months_by": "5-4-4", "uplifts": [{"month": "2027-02", "bp": 2500}]}

    done = east.post(f"{address}/breakdowns", body).json()
    sheet = east.get(f"{address}/sheet").json()

    assert done["months_by"] == "5-4-4"
    assert done["months"] == [
        {"month": "2027-01", "share_bp": 5000, "uplift_bp": 0},
        {"month": "2027-02", "share_bp": 5000, "uplift_bp": 2500},  # 4 × 1.25 = 5
    ]
    assert sheet["rows"][0]["months"] == ["500.00", "500.00"]


def test_shares_that_are_no_whole_are_refused_and_nothing_is_written(sqlite_database):
    east, address = Caller("east"), plan()

    refused = east.post(f"{address}/breakdowns", {"total": "1000", "months_by": "typed", "shares_bp": [6000, None]})

    assert refused.status_code == 422 and "40% are left" in refused.content.decode()
    assert east.get(f"{address}/sheet").json()["rows"][0]["year"] == "200.00"


def test_a_choice_is_kept_with_the_plan_and_copied_into_its_next_version(sqlite_database):
    east, address = Caller("east"), plan()
    east.post(f"{address}/breakdowns", {"total": "1000", "months_by": "evenly"})

    east.post(f"{address}/copies", {"name": "V2"})
    told = Caller("east").get("/reports/plans/months").json()

    assert [row["by"] for row in told["rows"]] == ["evenly", "evenly"]


def test_shares_of_rows_that_leave_something_unsaid_name_who_is_left(sqlite_database):
    east, address = Caller("east"), plan()
    first, second = [row["row"] for row in east.get(f"{address}/sheet").json()["rows"]][1:3]

    refused = east.post(f"{address}/shares", {"shares": [{"row": first, "share_bp": 4000}]})
    both = [{"row": first, "share_bp": 4000}, {"row": second, "share_bp": 6000}]
    done = east.post(f"{address}/shares", {"shares": both}).json()

    assert refused.status_code == 422 and "60% are left" in refused.content.decode()
    assert done["written"] == 2
