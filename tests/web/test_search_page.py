"""Search: part of a name or a code, Chinese by its characters, and nothing from beyond one's scope."""

import pytest

KINDS = ("做什么", "页面", "报表")


def found(client, text):
    """Return group -> labels of the palette's answer."""
    answer = client.get("/search/", {"q": text}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    groups = [group for group in answer.json()["groups"] if group["label"] not in KINDS]
    return {group["label"]: [one["label"] for one in group["results"]] for group in groups}


def asked(client, text="", recent=()):
    """Return the groups of the palette's answer, in order, as (label, labels)."""
    answer = client.get("/search/", {"q": text, "recent": list(recent)}, headers={"Accept": "application/json"})
    return [(group["label"], [one["label"] for one in group["results"]]) for group in answer.json()["groups"]]


@pytest.mark.parametrize(
    "text",
    [
        "平台",
        "云平",
        "D1",
        "d1",
        "ｄ１",
        "云 一期",
        "  云平台一期 ",
        "yptyq",
        "pt",
        "yunpingtai",
        "ypingt",
        "云台",
        "pt 云",
    ],
)
def test_a_deal_is_found_by_any_part_of_its_name_or_code_or_sound(signed_in, text):
    assert found(signed_in("li"), text)["商机"] == ["云平台一期"]


def test_everything_one_deals_with_is_found(signed_in):
    client = signed_in("east")

    assert found(client, "上海") == {"组织": ["上海组"]}
    assert found(client, "李雷") == {"人员": ["李雷"]}
    assert found(client, "电力") == {"客户": ["华能电力"]}


@pytest.mark.parametrize("text", ["产线", "D3", "鹏城", "赵敏", "华南", "SOUTH", "zhao"])
def test_what_others_deal_with_is_not_there(signed_in, text):
    assert found(signed_in("east"), text) == {}
    assert found(signed_in("boss"), text) != {}


def test_rows_of_others_do_not_change_what_is_found(company, signed_in):
    client = signed_in("east")
    before = client.get("/search/?q=改", headers={"Accept": "application/json"}).content

    from dacheng.store.actions.deals import edit_deal

    values = {"name": "改造改造"}
    edit_deal(actor=company.actor("south"), at=company.AT, uid=company.uid("deals", "D3"), values=values, version=1)

    assert client.get("/search/?q=改", headers={"Accept": "application/json"}).content == before


def test_matches_of_an_earlier_day_are_asked_for_in_parts(company, signed_in, monkeypatch):
    monkeypatch.setattr("dacheng.service.searching.LOOKS", ((0, 1), (1, 2), (2, 100)))

    assert len(found(signed_in("boss"), "D")["商机"]) == len(found(signed_in("boss"), "D")["商机"]) > 1


def test_whoever_sees_a_part_is_answered_from_that_part_alone(company, signed_in, monkeypatch):
    from dacheng.service import searching

    matched = []
    real = searching.matching

    def watched(relation, words, **how):
        found = real(relation, words, **how)
        matched.append((relation, [one for one, _fit in found]))
        return found

    monkeypatch.setattr(searching, "matching", watched)
    found(signed_in("east"), "改")

    assert [relation for relation, _ in matched] == ["deals", "contracts", "customers", "contacts", "people", "units"]
    assert company.number("deals", "D3") not in dict(matched)["deals"]


def test_what_was_opened_last_comes_first_where_it_matches(company, signed_in):
    client = signed_in("boss")
    deals = dict(asked(client, "d"))["商机"]
    last = f"/deals/{company.uid('deals', 'D1')}/"

    assert deals[0] != "云平台一期"
    assert dict(asked(client, "d", [last]))["商机"][0] == "云平台一期"


def test_before_a_word_is_typed_one_sees_what_one_opened_last_as_far_as_it_is_still_seen(company, signed_in):
    opened = [f"/deals/{company.uid('deals', code)}/" for code in ("D3", "D1")]
    opened += ["/settings/rules/", "/nowhere/", "/deals/not-a-uid/"]

    groups = asked(signed_in("east"), recent=opened)

    assert groups[0] == ("最近打开", ["云平台一期", "规则"])
    assert [label for label, _ in groups[1:]] == list(KINDS)


def test_a_page_a_report_and_a_command_are_found_in_both_languages_by_sound_and_by_right(signed_in):
    assert ("做什么", ["新建商机"]) in asked(signed_in("li"), "xjsj")
    assert ("页面", ["规则"]) in asked(signed_in("li"), "guize")
    assert ("报表", ["商机在途表"]) in asked(signed_in("li"), "在途表")
    assert ("Pages", ["Rules"]) in asked(signed_in("east", "en"), "rules")
    assert not any("导入数据" in labels for _, labels in asked(signed_in("li"), "导入"))
    assert any("导入数据" in labels for _, labels in asked(signed_in("ops"), "导入"))


def test_results_lead_to_the_record_or_to_the_report_about_it(company, signed_in):
    groups = signed_in("east").get("/search/?q=华", headers={"Accept": "application/json"}).json()["groups"]
    urls = {one["label"]: one["url"] for group in groups for one in group["results"]}

    assert urls == {
        "华能电力": f"/customers/{company.uid('customers', 'C1')}/",
        "华东经理": "/reports/deals/list/?owner=east",
        "华东": "/reports/targets/attainment/?unit=EAST",
    }
    assert all(signed_in("east").get(url).status_code == 200 for url in urls.values())


def test_the_same_address_is_a_page_for_people(signed_in):
    page = signed_in("li").get("/search/?q=平台").content.decode()

    assert "<h1>搜索</h1>" in page and "云平台一期" in page and 'value="平台"' in page


def test_nothing_found_says_so_and_nothing_asked_finds_nothing(signed_in):
    client = signed_in("li")

    assert "没有找到「没有这个」。" in client.get("/search/?q=没有这个").content.decode()
    assert found(client, "") == found(client, "   ") == {}


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", '"', "%%", "<script>", "\x00", "a" * 5000, "零 " * 500])
def test_odd_words_find_nothing_and_break_nothing(signed_in, text):
    assert found(signed_in("li"), text) == {}
    assert signed_in("li").get("/search/", {"q": text}).status_code == 200


def test_a_search_asks_the_database_few_questions(signed_in, django_assert_max_num_queries):
    client = signed_in("east")

    with django_assert_max_num_queries(25):
        found(client, "华")
