"""The tour leads everywhere: a new page or report has to enter it."""

from dacheng.core.report import REPORTS
from scripts.tour import NOT_PAGES, STOPS
from tests.browser.touring import USUAL, examined
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


def test_axe_looks_at_every_stop_in_a_usual_look_and_at_many_in_each():
    turns = [{str(stop) for stop in STOPS if examined(stop, look)} for look in USUAL]

    assert set().union(*turns) == {str(stop) for stop in STOPS}
    assert all(3 * len(examined_then) > len(STOPS) for examined_then in turns)
