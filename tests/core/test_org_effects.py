"""What a change of the organisation will do, in words: when it shows, what stays, what else is planned."""

from datetime import date

from dacheng.core.org.effects import (
    Handing,
    Receiving,
    When,
    close_unit_effects,
    handover_effects,
    move_unit_effects,
)
from dacheng.core.period import day_of

TODAY = day_of(date(2026, 6, 15))


def on(month, day):
    return day_of(date(2026, month, day))


def said(effects, language="zh"):
    return " ".join(one.in_language(language) for one in effects)


def moved(when, *, leaves=False, deals=0, **takes):
    """Return what it says of 李雷, who goes from 上海组 to 华南 unless somebody takes over or he leaves."""
    new = "上海组" if leaves else "华南"
    his = {kind: Receiving("李雷", new, True) for kind in ("deals", "targets", "credit")}
    return handover_effects(Handing("李雷", "上海组", new, leaves, his | takes, deals, 2), when)


def test_a_move_today_says_neither_that_it_waits_nor_that_the_past_changes():
    text = said(moved(When(TODAY, TODAY)))

    assert "从 2026-06-15 起 李雷 归属 华南，之前归属 上海组" in text
    assert "到那天才生效" not in text and "已经过去" not in text


def test_a_move_in_the_past_says_that_figures_since_then_follow():
    text = said(moved(When(on(5, 1), TODAY)))

    assert "这一天已经过去" in text and "已关账的月份不能改" in text


def test_a_later_change_that_is_recorded_already_is_named():
    text = said(moved(When(TODAY, TODAY, next_day=on(9, 1))))

    assert "2026-09-01 已经定了另一次变动" in text


def test_a_unit_moves_with_everything_under_it():
    text = said(move_unit_effects("上海组", "华东", "华南", (3, 12), When(on(7, 1), TODAY)), "en")

    assert "3 units and 12 people move along" in text
    assert "until then nothing changes" in text


def test_closing_names_who_goes_where_only_where_somebody_goes():
    empty = close_unit_effects("上海组", [], [], "华东", "华东", When(TODAY, TODAY))
    full = close_unit_effects("上海组", ["李雷", "王强"], ["一组"], "华东", "华南", When(TODAY, TODAY))

    assert len(empty) == 1
    assert "李雷、王强（2 人）从这天起归属 华东" in said(full) and "下级 一组 从这天起归 华南 管" in said(full)


def test_leaving_counts_open_deals_only_when_there_are_any():
    when = When(TODAY, TODAY)

    assert "笔在途商机" not in said(moved(when, leaves=True))
    assert "名下还有 1,200 笔在途商机" in said(moved(when, leaves=True, deals=1200))


def test_who_takes_over_is_named_with_the_unit_in_which_it_counts():
    wang = Receiving("王强", "上海组", False)

    text = said(moved(When(TODAY, TODAY), deals=3, targets=wang, credit=wang))

    assert "个人目标由 王强 接手，算在 上海组" in text
    assert "2 份合同算 王强 的业绩" in text
    assert "自己填的目标" not in text


def test_own_targets_of_units_are_told_where_they_follow():
    assert "同样减和加，到共同的上级为止" in said(moved(When(TODAY, TODAY)))
