"""A fresh company: what it lacks is told from its data, and a pack gives it the stages of its industry."""

from datetime import UTC, datetime

import pytest

from dacheng.core.access import ADMIN, SYSTEM, Held, Viewer
from dacheng.core.errors import DachengError
from dacheng.exchange.packs import packs

AT = datetime(2026, 6, 30, 4, tzinfo=UTC)
PACKS = {pack.code: pack for pack in packs()}


def done(viewer=SYSTEM):
    from dacheng.service.first_steps import first_steps

    return {step.code for step in first_steps(viewer, AT) if step.done}


def stages():
    from dacheng.store.models import RECORDS

    return list(RECORDS["stages"].objects.order_by("position").values_list("code", "state", "weight_bp"))


@pytest.mark.parametrize("code", PACKS)
def test_a_company_begins_with_the_stages_of_its_pack(db, code):
    from dacheng.service.setting_up import found_company

    found_company(AT, "新公司", pack=code)

    assert stages() == [(one.code, one.state, one.weight_bp) for one in PACKS[code].stages]
    assert done() == {"company", "calendar", "stages"}


def test_steps_tick_themselves_from_the_data(db):
    from dacheng.service.first_steps import choose_pack
    from dacheng.service.setting_up import administrator, found_company

    found_company(AT, "新公司")
    assert done() == {"company", "calendar"}

    choose_pack(SYSTEM, AT, "software")
    administrator(AT, "甲")
    assert done() == {"company", "calendar", "stages"}

    administrator(AT, "乙")
    assert done() == {"company", "calendar", "stages", "people"}


def test_a_step_that_somebody_may_not_take_names_the_roles_that_may(db):
    from dacheng.service.first_steps import first_steps
    from dacheng.service.setting_up import found_company

    found_company(AT, "新公司")

    steps = {step.code: step for step in first_steps(Viewer(1, (Held(ADMIN, 1),)), AT)}

    assert steps["organisation"].may and not steps["deals"].may
    assert steps["deals"].who.zh == "销售运营"


def test_a_pack_is_chosen_once_and_an_unknown_one_is_refused_with_the_codes(db):
    from dacheng.service.first_steps import choose_pack
    from dacheng.service.setting_up import found_company

    found_company(AT, "新公司", pack="medical")

    with pytest.raises(DachengError, match="已经建好"):
        choose_pack(SYSTEM, AT, "medical")
    with pytest.raises(DachengError) as refused:
        choose_pack(SYSTEM, AT, "wine")
    assert "channel、government" in refused.value.remedy.zh


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_a_pack_says_what_it_assumes_and_adds_up(pack):
    open_weights = [one.weight_bp for one in pack.stages if one.state == 0]

    assert len(pack.season) == 12 and sum(pack.season) == 100 and min(pack.season) > 0
    assert open_weights == sorted(open_weights) and len(set(open_weights)) == len(open_weights)
    assert [one.weight_bp for one in pack.stages if one.state] == [10_000, 0]
    assert len(pack.assumptions) >= 3
    assert any("假设" in one.zh for one in pack.assumptions) and any("ssume" in one.en for one in pack.assumptions)


def test_codes_of_stages_are_unlike_across_packs_so_that_a_company_may_have_two():
    codes = [stage.code for pack in PACKS.values() for stage in pack.stages]

    assert len(set(codes)) == len(codes)
