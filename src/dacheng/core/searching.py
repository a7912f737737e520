"""Finding (搜索): the ways in which a typed word may be meant, and how well each fits.

A word is looked for in a code and a name as it is written, and, where it is Latin
letters, in how a Chinese name sounds: initials (``hndl`` for 华能电力), full pinyin
(``huaneng``), or some of both (``huand``). Two or more Chinese characters also find a
name that holds them in order (华电 finds 华能电力). Digits also find a telephone number. The
same ways serve the database, as patterns, and lists in memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Field = Literal["code", "name", "sound", "phone"]

LONGEST_TEXT = 100
MOST_WORDS = 5
FEWEST_DIGITS = 3
"""Fewer digits say nothing of a telephone number."""

MOST_READINGS = 3
"""So many ways of cutting one word into syllables are looked for, those with the fewest parts first."""

_TYPED = """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng
    cha chai chan chang chao che chen cheng chi chong chou chu chuai chuan chuang chui chun chuo ci cong cou cu cuan
    cui cun cuo da dai dan dang dao de dei den deng di dian diao die ding diu dong dou du duan dui dun duo e ei en er
    fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
    ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin
    jing jiong jiu ju juan jue jun ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai
    lan lang lao le lei leng li lia lian liang liao lie lin ling liu long lou lu luan lun luo lv lve ma mai man mang
    mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao
    nie nin ning niu nong nou nu nuan nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po
    pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru ruan
    rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai
    shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong
    tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan
    xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai
    zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui
    zun zuo
"""
SYLLABLES = frozenset(_TYPED.split())
BEGINNINGS = frozenset(one[:size] for one in SYLLABLES for size in range(1, len(one) + 1))
"""Every syllable and everything one may begin with: the last part of a word is often not finished."""

LONGEST_SYLLABLE = 6
INITIALS = frozenset("bpmfdtnlgkhjqxrzcsywaoe") | {"zh", "ch", "sh"}

EQUAL, BEGINS, HOLDS, SOUNDS, SOUNDS_WITHIN, SCATTERED = range(6)
"""How well a word fits, the best first."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a word may be meant: pieces that a field holds in this order.

    Args:
        fits: how well it fits when the field is just this, begins with it, or holds it.
    """

    field: Field
    pieces: tuple[str, ...]
    fits: tuple[int, int, int] = (EQUAL, BEGINS, HOLDS)

    def fit(self, text: str) -> int | None:
        """Return how well a text of the field fits; None when it does not hold the pieces."""
        at = first = text.find(self.pieces[0])
        for piece in self.pieces:
            at = text.find(piece, at)
            if at < 0:
                return None
            at += len(piece)
        whole = first == 0 and at == len(text) and len(self.pieces) == 1
        return self.fits[0 if whole else 1 if first == 0 else 2]


def words_of(text: str) -> list[str]:
    """Return the words to look for: half width, lower case, no control characters, at most a few."""
    plain = unicodedata.normalize("NFKC", text)[:LONGEST_TEXT].lower()
    return "".join(" " if unicodedata.category(one) == "Cc" else one for one in plain).split()[:MOST_WORDS]


def ways_of(word: str) -> tuple[Way, ...]:
    """Return the ways in which a word of ``words_of`` may be meant, the best first."""
    written = (Way("code", (word,)), Way("name", (word,)))
    if re.fullmatch(r"[\u4e00-\u9fff]{2,4}", word):
        return (*written, Way("name", tuple(word), (SCATTERED,) * 3))
    if re.fullmatch(r"[a-z0-9']+", word) and word.strip("'0123456789"):
        return (*written, *_sounds(word))
    return (*written, *_numbers(word))


def fit_of(ways: Iterable[Way], fields: Mapping[Field, str]) -> int | None:
    """Return how well the best of the ways fits; None when none does. The fields are in lower case."""
    fits = (one.fit(fields.get(one.field, "")) for one in ways)
    return min((fit for fit in fits if fit is not None), default=None)


def _numbers(word: str) -> Iterator[Way]:
    """Return the way in which digits may be a part of a telephone number; the country's own code is left out."""
    if re.fullmatch(r"\+?[0-9-]+", word):
        digits = re.sub(r"^\+86|\D", "", word)
        if len(digits) >= FEWEST_DIGITS:
            yield Way("phone", (digits,))


def _sounds(word: str) -> Iterator[Way]:
    """Return the ways in which letters may be a Chinese sound, as ``sound_text`` writes it."""
    letters = word.replace("'", "")
    within = (SOUNDS, SOUNDS, SOUNDS_WITHIN)
    firsts = list(dict.fromkeys((letters, _single_initials(letters))))
    yield from (Way("sound", ("".join(f".{letter}" for letter in one),), within) for one in firsts if one)
    cut = sorted(_cut(letters), key=len)
    full = [one for one in cut if all(part in SYLLABLES for part in one[:-1])][:MOST_READINGS]
    yield from (Way("sound", ("".join(f"'{part}" for part in one),), (SOUNDS,) * 3) for one in full)
    if not full:
        mixed = [one for one in cut if any(len(part) > 1 and part in SYLLABLES for part in one)][:MOST_READINGS]
        yield from (Way("sound", tuple(f"'{part}" for part in one), (SCATTERED,) * 3) for one in mixed)


def _single_initials(letters: str) -> str:
    """Return zh, ch and sh as one letter, where nothing but initials was typed."""
    parts = re.findall(r"[zcs]h|[a-z0-9]", letters)
    return "".join(part[0] for part in parts) if all(one in INITIALS or one.isdigit() for one in parts) else ""


def _cut(letters: str, most: int = 40) -> list[tuple[str, ...]]:
    """Return the ways of cutting letters into syllables and initials, the last one unfinished perhaps."""
    found: list[tuple[str, ...]] = []
    waiting: list[tuple[str, ...]] = [()]
    while waiting and len(found) < most:
        parts = waiting.pop()
        rest = letters[sum(map(len, parts)) :]
        if rest in BEGINNINGS:
            found.append((*parts, rest))
        sizes = range(1, min(LONGEST_SYLLABLE, len(rest) - 1) + 1)
        waiting += [(*parts, rest[:size]) for size in sizes if rest[:size] in SYLLABLES or rest[:size] in INITIALS]
    return found


def sound_text(readings: Iterable[Sequence[str]]) -> str:
    """Return how a name sounds, as it is kept and looked through: initials, then syllables, a line a reading.

    华能电力 is ``.h.n.d.l'hua'neng'dian'li``.
    """
    lines = ("".join(f".{one[0]}" for one in said) + "".join(f"'{one}" for one in said) for said in readings if said)
    return "\n".join(dict.fromkeys(lines))
