"""How Chinese names sound, and that it is kept whenever a name is written."""

import pytest

from dacheng.core.searching import SYLLABLES
from dacheng.store.sounding import LONGEST_SOUND, _readings, sound_of


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("华能电力", "hua neng dian li"),
        ("重庆银行", "chong qing yin hang"),
        ("重工业", "zhong gong ye"),
        ("长沙都市快轨", "chang sha du shi kuai gui"),
        ("厦门会计", "xia men kuai ji"),
        ("绿地5G云", "lv di 5g yun"),
    ],
)
def test_a_character_is_read_as_its_word_reads_it(name, syllables):
    assert sound_of(name).partition("'")[2].replace("'", " ") == syllables


def test_a_short_name_is_also_read_as_a_surname():
    assert sound_of("单雄信") == ".d.x.x'dan'xiong'xin\n.s.x.x'shan'xiong'xin"
    assert "\n" not in sound_of("单雄信科技有限公司")


@pytest.mark.parametrize("name", ["", "Acme Ltd", "5G-2", "…—", " "])
def test_a_name_without_chinese_has_no_sound_of_its_own(name):
    assert sound_of(name) == ""


def test_a_very_long_name_stays_within_its_column():
    assert len(sound_of("装" * 5000)) <= LONGEST_SOUND


def test_the_readings_that_ship_are_syllables_that_people_type():
    single, words, _begins = _readings()

    rare = {said for said in single.values() if said not in SYLLABLES}
    assert len(single) > 20_000 and len(words) > 2_000
    assert rare <= {"chua", "den", "eng", "fiao", "hm", "lo", "m", "n", "nou", "nun", "rua", "yo"}


def test_the_sound_follows_the_name(db):
    from dacheng.store.actions.deals import edit_deal
    from dacheng.store.models import RECORDS
    from tests.store import company

    company.load()
    deal = RECORDS["deals"].objects.get(code="D1")
    assert deal.sound == sound_of(deal.name) != ""

    uid = company.uid("deals", "D1")
    edit_deal(actor=company.actor("li"), at=company.AT, uid=uid, values={"name": "重庆"}, version=1)

    deal.refresh_from_db()
    assert deal.sound == ".c.q'chong'qing"


def test_records_are_found_by_any_part_best_fit_first_on_every_database(database):
    from dacheng.core.searching import ways_of
    from dacheng.store.queries.searching import matching
    from tests.store import company

    people = {code: company.number("people", code) for code in ("li", "south", "east")}

    def found(*words, **how):
        return [one for one, _fit in matching("people", [ways_of(word) for word in words], limit=10, **how)]

    assert found("经理") == [people["south"], people["east"]]
    assert found("经理", first=[people["east"]]) == [people["east"], people["south"]]
    assert found("经理", within=f"SELECT {people['east']}") == [people["east"]]
    assert found("li")[0] == people["li"]
    assert found("华", "南") == [people["south"]]
    assert found("hnjl") == found("huanan") == [people["south"]]
    assert found("%") == found("!") == found("_") == found("\\") == found() == []
