"""How a file was read is told: what each column became, what each word means and why, what was left out."""

from __future__ import annotations

from tests.exchange.mapping_cases import staged, staged_own

DEALS = """商机编号,商机名称,负责人,商机阶段,商机金额,备注
X-1,泵站,李想,方案,10,好
X-2,水厂,李想,OFFER,20,
X-3,管网,李想,赢单,30,
"""


def read(text: str, **more):
    """Return how one table was read by its titles."""
    (told,) = staged_own(text, **more).explained
    return told


def test_columns_are_told_with_what_they_became_and_those_that_are_not_read_with_nothing():
    told = read(DEALS)

    became = {one.title: "、".join(text.zh for text in one.taken_as) for one in told.columns}
    assert told.relations == ("deals",)
    assert became["商机金额"] == "金额" and became["商机阶段"].startswith("阶段") and became["备注"] == ""


def test_each_word_of_a_small_list_is_told_with_its_meaning_and_why():
    told = read(DEALS, aliases={"商机阶段": {"方案": "方案价值"}})

    assert {(one.text, one.rows, one.meant.zh, one.because) for one in told.words} == {
        ("方案", 1, "方案价值", "said"),
        ("OFFER", 1, "方案价值", "like"),
        ("赢单", 1, "赢单", "name"),
    }


def test_a_word_that_means_nothing_yet_is_asked_for_and_not_explained():
    told = read(DEALS)

    assert "方案" not in {one.text for one in told.words}


MAPPING = """
mapping: theirs
files:
  - columns:
      步: {titles: [步骤], aliases: {谈着: need}}
      内部: {optional: true}
    where: {内部: {not: [是]}}
    rows:
      - relation: deals
        from: 建立
        set: {code: 号, name: 号, owner: 人, stage: 步}
"""


def test_a_mapping_tells_its_aliases_its_days_and_what_only_tells_rows_apart():
    text = "号,人,步骤,建立,内部,余\nX-1,李想,谈着,2026-01-05,,\nX-2,李想,谈着,2026-01-05,是,\n"

    (told,) = staged(MAPPING, deals=text).explained

    became = {one.title: [text.zh for text in one.taken_as] for one in told.columns}
    assert became["建立"] == ["从哪天起"] and became["内部"] == ["分辨哪些行"] and became["余"] == []
    assert [(one.text, one.rows, one.meant.zh, one.because) for one in told.words] == [("谈着", 1, "需求确认", "alias")]
