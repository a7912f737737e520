"""``dacheng engage`` and ``dacheng disengage``: looked at first, written as one step, taken back, refused in words."""

import pytest

from dacheng.cli import engaging, handing_over
from dacheng.core.errors import RuleError
from dacheng.store.queries.organisation import engagements_of
from tests.store.company import load, number, on


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with the small company."""
    load()
    return terminal(engaging, handing_over)


def engaged(code="li"):
    found = engagements_of(number("people", code))
    return [(one.host_id, one.kind, one.share_bp, one.from_day, one.to_day) for one in found]


def test_a_secondment_is_looked_at_recorded_and_taken_back(dacheng):
    asked = ("engage", "李雷", "SOUTH", "--share", "50%", "--on", "2026-07-01", "--last", "2026-09-30")

    seen = dacheng(*asked, "--dry-run")
    assert seen.exit_code == 0 and engaged() == []
    assert "上海组: FTE 2 → 1.5" in seen.output and "华南: FTE 2 → 2.5" in seen.output and "集团" not in seen.output

    done = dacheng(*asked, "--reason", "项目")
    assert engaged() == [(number("units", "SOUTH"), 1, 5000, on(7, 1), on(10, 1))]

    dacheng("undo", done.stdout.strip().splitlines()[-1])
    assert engaged() == []


def test_part_time_work_ends_from_a_day_on_and_what_is_not_there_changes_nothing(dacheng):
    dacheng("engage", "li", "华南", "--share", "30", "--kind", "part-time", "--on", "2026-07-01")

    nothing = dacheng("disengage", "li", "SOUTH", "--on", "2026-08-01")
    ended = dacheng("disengage", "li", "SOUTH", "--kind", "part-time", "--on", "2026-08-01")

    assert "Nothing was written" in nothing.output and nothing.exit_code == ended.exit_code == 0
    assert engaged() == [(number("units", "SOUTH"), 2, 3000, on(7, 1), on(8, 1))]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("engage", "nobody", "SOUTH", "--share", "50%"), "nobody"),
        (("engage", "li", "SH", "--share", "50%"), "归属这个组织"),
        (("engage", "li", "SOUTH", "--share", "150%"), "150"),
        (("engage", "li", "SOUTH", "--share", "half"), "half"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(dacheng, asked, words):
    done = dacheng(*asked, "--dry-run")

    assert isinstance(done.exception, RuleError) and words in done.exception.sentence("zh")
    assert engaged() == []
