"""How a typed word may be meant: as written, by initials, by pinyin, by some of its characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.searching import (
    BEGINS,
    EQUAL,
    HOLDS,
    LONGEST_TEXT,
    MOST_WORDS,
    SCATTERED,
    SOUNDS,
    SOUNDS_WITHIN,
    SYLLABLES,
    fit_of,
    sound_text,
    ways_of,
    words_of,
)

HUANENG = {"code": "c1", "name": "华能电力", "sound": ".h.n.d.l'hua'neng'dian'li"}


@pytest.mark.parametrize(
    ("word", "fit"),
    [
        ("华能电力", EQUAL),
        ("c1", EQUAL),
        ("华能", BEGINS),
        ("电力", HOLDS),
        ("hndl", SOUNDS),
        ("hn", SOUNDS),
        ("dl", SOUNDS_WITHIN),
        ("huaneng", SOUNDS),
        ("huaneng'dian", SOUNDS),
        ("dianli", SOUNDS),
        ("huanengd", SOUNDS),
        ("hneng", SCATTERED),
        ("hnengdianli", SCATTERED),
        ("华电", SCATTERED),
        ("电华", None),
        ("en", None),
        ("uan", None),
        ("ydl", None),
        ("c12", None),
    ],
)
def test_a_word_fits_the_better_the_more_of_the_name_it_is(word, fit):
    assert fit_of(ways_of(word), HUANENG) == fit


@pytest.mark.parametrize("word", ["xian", "xi'an", "xa"])
def test_letters_that_cut_into_syllables_in_two_ways_find_both(word):
    assert fit_of(ways_of(word), {"sound": sound_text([["xi", "an"]])}) is not None


def test_initials_of_two_letters_may_be_typed_as_one_or_as_two():
    zhang = {"sound": sound_text([["zhang", "shu", "chen"]])}

    assert fit_of(ways_of("zsc"), zhang) == fit_of(ways_of("zhshch"), zhang) == SOUNDS


def test_a_name_with_two_readings_is_found_by_both():
    sound = {"sound": sound_text([["ceng", "guo"], ["zeng", "guo"], ["ceng", "guo"]])}

    assert sound["sound"].count("\n") == 1
    assert [fit_of(ways_of(word), sound) is not None for word in ("cg", "zg", "cengguo", "zengg", "xg")] == [
        True, True, True, True, False,
    ]  # fmt: skip


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=6))
def test_any_name_is_found_by_its_initials_and_by_its_first_syllable(syllables):
    sound = {"sound": sound_text([syllables])}

    assert fit_of(ways_of("".join(one[0] for one in syllables)), sound) == SOUNDS
    assert fit_of(ways_of(syllables[0]), sound) in (SOUNDS, SOUNDS_WITHIN)


@given(st.text(max_size=60).map(lambda text: text * 5))
def test_any_text_is_cut_into_a_few_plain_words_and_ways(text):
    words = words_of(text)

    assert len(words) <= MOST_WORDS
    assert sum(len(one) for one in words) <= LONGEST_TEXT * 4
    assert all(1 <= len(ways_of(one)) <= 8 for one in words)


def test_words_are_few_and_plain():
    assert words_of("Ａ\tb\n１２　三 d e f") == ["a", "b", "12", "三", "d"]
