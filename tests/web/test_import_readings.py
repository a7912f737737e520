"""The preview of an import says how the files were read, and lets a word or a column be read otherwise."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.store.models import Deal, Stage
from dacheng.store.queries.import_mappings import saved_mapping, saved_versions

DEALS = (
    "商机编号,商机名称,负责人,商机阶段,商机金额,第二金额,备注\nX-1,泵站,李雷,谈着,10,77,好\nX-2,水厂,李雷,报价,20,88,\n"
)


@pytest.fixture
def uploads(settings, tmp_path):
    """Keep uploads in a folder of the test."""
    settings.UPLOADS = tmp_path / "uploads"


def preview(client, text=DEALS):
    """Upload a csv; return the address of its preview."""
    file = SimpleUploadedFile("台账.csv", text.encode())
    return client.post("/imports/", {"files": [file], "mapping": ""})["Location"].removesuffix("columns/")


def explained(page: str) -> str:
    """Return the words of the section on how a table was read."""
    (section,) = re.findall(r'<section class="reading">(.*?)</section>', page, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


def test_a_confirmed_word_is_explained_and_can_be_read_otherwise(company, signed_in, uploads):
    client = signed_in("ops")
    look = preview(client)
    client.post(f"{look}spelling/", {"column": "商机阶段", "value": "谈着", "meant": "报价"})

    before = explained(client.get(look).content.decode())
    client.post(f"{look}spelling/", {"column": "商机阶段", "value": "谈着", "meant": "线索"})
    after = explained(client.get(look).content.decode())

    assert "商机阶段「谈着」（1 行）读作「报价」 你说的" in before
    assert "商机阶段「谈着」（1 行）读作「线索」" in after
    assert "商机阶段「报价」" in after


def test_what_is_not_read_is_named_and_a_column_can_be_read_as_another_field(company, signed_in, uploads):
    client = signed_in("ops")
    look = preview(client, DEALS.replace("谈着", "报价"))
    page = client.get(look).content.decode()
    assert "没有读的有 2 列：第二金额、备注" in explained(page)

    keys = re.findall(r'name="key" value="([^"]+)"', page)
    chosen = dict(zip(keys, ["code", "name", "owner", "stage", "", "amount", "next_step"], strict=True))
    client.post(f"{look}reread/", {"table": "台账.csv", "key": list(chosen), "field": list(chosen.values())})
    client.post(f"{look}commit/", {"refused": "0"})

    assert list(Deal.objects.filter(code="X-1").values_list("amount", "next_step")) == [(7700, "好")]


def test_a_column_read_otherwise_leaves_the_unit_above_the_header_as_it_is(company, signed_in, uploads):
    client = signed_in("ops")
    look = preview(client, f"金额单位：万元,,,,,,\n{DEALS.replace('谈着', '报价')}")

    columns = {"商机编号": "code", "商机名称": "name", "负责人": "owner", "商机阶段": "stage", "商机金额": "amount"}
    client.post(f"{look}reread/", {"table": "台账.csv", "key": list(columns), "field": list(columns.values())})
    client.post(f"{look}commit/", {"refused": "0"})

    assert Deal.objects.get(code="X-2").amount == 20_000_000


def test_two_columns_for_one_field_are_refused_and_nothing_changes(company, signed_in, uploads):
    client = signed_in("ops")
    look = preview(client)

    fields = {"table": "台账.csv", "key": ["商机金额", "第二金额"], "field": ["amount", "amount"]}
    page = client.post(f"{look}reread/", fields, follow=True).content.decode()

    assert "两列读成了同一个字段" in page and "按表头认的" in page


def test_only_words_that_the_files_hold_can_be_explained(company, signed_in, uploads):
    client = signed_in("ops")
    look = preview(client)

    client.post(f"{look}spelling/", {"column": "商机阶段", "value": "别的", "meant": "报价"})

    assert "别的" not in client.get(look).content.decode()


HUBSPOT = (
    "Record ID,Deal Name,Deal owner,Amount,Close Date,Deal Stage,Real Amount,Notes\n"
    "H-1,泵站,li,10,2026-09-30,报价,77,好\n"
)


def read_by(client, mapping):
    """Upload an export of HubSpot and read it by a mapping; return the address of its preview."""
    look = preview(client, HUBSPOT)
    client.post(f"{look}read-by/", {"mapping": mapping})
    return look


def test_one_column_of_a_written_mapping_is_read_otherwise_and_the_others_stay(company, signed_in, uploads):
    client = signed_in("ops")
    look = read_by(client, "hubspot")
    client.get(look)

    told = {"table": "台账.csv", "key": ["real amount", "notes"], "field": ["deals.amount", ""]}
    client.post(f"{look}reread/", told)
    page = explained(client.get(look).content.decode())
    client.post(f"{look}commit/", {"refused": "0"})

    assert "按映射「HubSpot（交易、公司）」" in page and "没有读的有 2 列：Amount、Notes" in page
    assert list(Deal.objects.filter(code="H-1").values_list("amount", "name")) == [(7700, "泵站")]


def test_a_corrected_mapping_is_saved_as_the_next_version_of_the_one_it_began_with(company, signed_in, uploads):
    client = signed_in("ops")
    client.post(f"{read_by(client, 'hubspot')}save/", {"name": "我的 HubSpot"})
    look = read_by(client, "我的 HubSpot")

    client.post(f"{look}reread/", {"table": "台账.csv", "key": ["notes"], "field": ["deals.next_step"]})
    page = client.get(look).content.decode()
    client.post(f"{look}save/", {"name": "我的 HubSpot"})

    assert 'id="save-name" name="name" value="我的 HubSpot"' in page
    assert [one.version for one in saved_versions("我的 HubSpot")] == [2, 1]
    assert "next_step: notes" in saved_mapping("我的 HubSpot").mapping


def test_a_correction_that_leaves_a_record_without_what_it_needs_is_refused(company, signed_in, uploads):
    client = signed_in("ops")
    look = read_by(client, "hubspot")

    told = {"table": "台账.csv", "key": ["record id"], "field": ["-"]}
    page = client.post(f"{look}reread/", told, follow=True).content.decode()

    assert "deals 还缺：code" in page and "没有读的有 2 列：Real Amount、Notes" in explained(page)


def test_columns_of_a_mapping_that_was_chosen_by_hand_and_saved_are_corrected_with_its_words(
    company, signed_in, uploads
):
    client = signed_in("ops")
    look = preview(client)
    client.post(f"{look}spelling/", {"column": "商机阶段", "value": "谈着", "meant": "报价"})
    fields = {"商机编号": "code", "商机名称": "name", "负责人": "owner", "商机阶段": "stage", "商机金额": "amount"}
    client.post(f"{look}reread/", {"table": "台账.csv", "key": list(fields), "field": list(fields.values())})
    client.post(f"{look}save/", {"name": "台账"})

    look = preview(client)
    client.post(f"{look}read-by/", {"mapping": "台账"})
    fields |= {"商机金额": "", "第二金额": "amount"}
    client.post(f"{look}reread/", {"table": "台账.csv", "key": list(fields), "field": list(fields.values())})
    client.post(f"{look}commit/", {"refused": "0"})

    offered = Stage.objects.get(name="报价").pk
    assert list(Deal.objects.filter(code="X-1").values_list("amount", "stage_id")) == [(7700, offered)]
