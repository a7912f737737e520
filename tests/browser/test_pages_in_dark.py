"""Every page in dark colours: it answers, fits, is accessible, speaks one language, complains of nothing."""

import pytest

from tests.browser.touring import Tour, visits

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tour(browser, served):
    return Tour(browser, served)


@pytest.mark.parametrize(("stop", "look"), visits("dark"))
def test_a_page_has_no_problems(tour, stop, look):
    problems = tour.problems(stop, look)

    assert not problems, f"{stop} of {stop.role or 'nobody'} in {look}:\n" + "\n".join(problems)
