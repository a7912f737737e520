"""The page that makes a person: with a role and first targets, as far as whoever fills it in may give them."""

from dacheng.core.access import ADMIN, MANAGER, SYSTEM
from dacheng.store.actions.rights import grant_role
from dacheng.store.models import Person

NEW = "/settings/people/new/"
HAN = {"name": "韩梅梅", "code": "han", "on": "2026-07-01"}


def filled(company, **more):
    return HAN | {"home": str(company.uid("units", "SH"))} | more


def target(company, **more):
    given = {"measure": str(company.uid("measures", "contract")), "first": "2026-07", "last": "2026-12"}
    return given | {"total": "60"} | more


def test_role_and_targets_are_given_in_the_same_step(company, signed_in):
    grant_role(
        actor=SYSTEM, at=company.AT, person=company.uid("people", "ops"), role=ADMIN, unit=company.uid("units", "HQ")
    )

    answer = signed_in("ops").post(NEW, filled(company, role=str(MANAGER), **target(company)))

    han = Person.objects.get(code="han")
    from dacheng.store.bulk import select_rows

    cells = select_rows("fact_targets", ["ym", "amount"], [("person_id = %s", han.pk)], order=("ym",))
    held = select_rows("fact_roles", ["role", "unit_id"], [("person_id = %s", han.pk)])
    assert answer.status_code == 302
    assert cells == [(company.month(number), 100_000_00) for number in range(7, 13)]
    assert held == [(MANAGER, company.number("units", "SH"))]


def test_only_what_one_may_give_is_asked_for(company, signed_in):
    operations, admin = (signed_in(one).get(NEW).content.decode() for one in ("ops", "admin"))

    assert 'name="total"' in operations and 'name="role"' not in operations
    assert 'name="role"' in admin and 'name="total"' not in admin


def test_a_total_without_a_measure_is_asked_for_at_the_field(company, signed_in):
    answer = signed_in("ops").post(NEW, filled(company, **target(company, measure="")))

    assert "要填目标，这一项也要填。" in answer.content.decode()
    assert not Person.objects.filter(code="han").exists()


def test_somebody_without_a_role_or_a_target_is_made_as_before(company, signed_in):
    answer = signed_in("ops").post(NEW, filled(company, first="2026-07", last="2026-12"))

    assert answer.status_code == 302 and Person.objects.filter(code="han").exists()
