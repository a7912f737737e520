"""The tour leads everywhere: a new page or report has to enter it."""

from dacheng.core.report import REPORTS
from scripts.tour import NOT_PAGES, STOPS
from tests.proofs.addresses import patterns


def test_every_address_is_on_the_tour_or_is_no_page():
    visited = {stop.name for stop in STOPS} - {"not-found"}

    assert set(patterns()) == visited | set(NOT_PAGES)
    assert visited & set(NOT_PAGES) == set()


def test_every_report_is_on_the_tour():
    visited = {name for name in REPORTS for stop in STOPS if stop.path.startswith(f"/reports/{name}/")}

    assert visited == set(REPORTS)


def test_stops_have_names_of_their_own():
    names = [str(stop) for stop in STOPS]

    assert sorted(set(names)) == sorted(names)
