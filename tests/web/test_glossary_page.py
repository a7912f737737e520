"""The glossary: one source, read on a page and as hints wherever its words stand."""

import json

import pytest

from dacheng.service.glossary import glossary


@pytest.mark.parametrize(("language", "code", "word"), [("zh-hans", "zh", "达成率"), ("en", "en", "attainment")])
def test_every_page_names_the_hints_of_the_readers_language(signed_in, language, code, word):
    client = signed_in("east", language)
    page = client.get("/settings/").content.decode()

    address = page.split('<link rel="glossary" href="')[1].split('"')[0]
    answer = client.get(address)

    assert address.startswith(f"/glossary/terms.{code}.json?edition=")
    assert "max-age" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert len(json.loads(answer.content)[word]) > 10


def test_the_page_says_every_word_in_both_languages(signed_in):
    page = signed_in("li").get("/glossary/").content.decode()

    assert all(name in page for term in glossary() for name in (*term.zh, *term.en))
    assert "目标完成了多少。" in page and "done / target" in page


def test_hints_of_another_language_do_not_exist(signed_in):
    assert signed_in("li").get("/glossary/terms.fr.json").status_code == 404


def test_every_term_is_explained_in_both_languages():
    assert all(len(term.means.zh) > 4 and len(term.means.en) > 8 and term.means.zh != "–" for term in glossary())
    assert len({name for term in glossary() for name in term.zh}) == sum(len(term.zh) for term in glossary())
