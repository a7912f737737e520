"""Every sentence has its English, with the same places to fill and its plural forms."""

import re

from scripts import messages

PLACE = re.compile(r"%\((\w+)\)s|%s|%%|\{\w*\}")


def forms(message):
    """Return the Chinese and English forms of a catalog entry side by side."""
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    asked = message.id if isinstance(message.id, tuple | list) else [message.id]
    return [(asked[min(at, len(asked) - 1)], one) for at, one in enumerate(said)]


def test_every_sentence_of_the_pages_has_its_english():
    assert messages.untranslated() == []


def test_english_fills_the_same_places():
    different = [
        (chinese, english)
        for message in messages.english()
        if message.id
        for chinese, english in forms(message)
        if sorted(PLACE.findall(chinese)) != sorted(PLACE.findall(english))
    ]

    assert different == []


def test_english_is_not_chinese():
    left = [
        message.string
        for message in messages.english()
        if message.id and re.search(r"[\u4e00-\u9fff]", re.sub(r"1\.2万", "", str(message.string)))
    ]

    assert left == []


def test_one_and_many_differ_in_english_and_not_in_chinese():
    counted = [message for message in messages.english() if isinstance(message.id, tuple)]

    assert counted
    for message in counted:
        assert message.id[0] == message.id[1]
        assert message.string[0] != message.string[1]


def test_a_sentence_in_a_template_or_in_code_is_found(tmp_path):
    (tmp_path / "page.html").write_text(
        "{% load i18n %}<p title=\"{% translate '一' %}\">"
        "{% blocktranslate count n=n %}{{ n }} 单{% plural %}{{ n }} 单{% endblocktranslate %}</p>",
        encoding="utf-8",
    )
    code = 'A = _("二")\nB = ngettext("%(n)s 行", "%(n)s 行", 2)\n'
    (tmp_path / "words.py").write_text(code, encoding="utf-8")

    found = {message for _place, _line, message, _context in messages.found_messages(tmp_path)}

    assert found == {"一", ("%(n)s 单", "%(n)s 单"), "二", ("%(n)s 行", "%(n)s 行")}
