"""Write src/dacheng/defaults/readings.txt, the readings of Chinese characters: `.venv/bin/python -m scripts.write_readings`.

They are those of pypinyin (MIT licence, https://github.com/mozillazg/python-pinyin), without tones. The package
itself takes 57 MB of memory and 0.4 ms a name; of its words only those are kept that read otherwise than their characters.
"""  # noqa: E501

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

FILE = Path(__file__).resolve().parent.parent / "src/dacheng/defaults/readings.txt"
COMMON = {"长": "chang", "都": "du", "还": "huan"}
"""Characters that names of companies and projects mostly read otherwise than running text does."""

LONGEST_WORD = 4
HEAD = """# How Chinese characters are read, without tones (ü is v): written by scripts/write_readings.py, do not edit.
# From pypinyin 0.55 and pinyin-data, (c) 2016 mozillazg and contributors, MIT licence.
# A reading and its characters; then words that read otherwise than their characters one by one.
"""


def plain(syllable: str) -> str:
    """Return a syllable without its tone, ü as v."""
    return str(to_normal(syllable, v_to_u=False)).replace("ü", "v")


def characters() -> dict[str, str]:
    """Return character -> its most common reading."""
    read = {chr(code): plain(said.split(",")[0]) for code, said in PINYIN_DICT.items()}
    return {one: said for one, said in read.items() if "\u4e00" <= one <= "\u9fff"} | COMMON


def words(single: dict[str, str]) -> dict[str, list[str]]:
    """Return word -> readings, for words whose parts do not tell how they read; short words first."""
    kept: dict[str, list[str]] = {}
    for word in sorted(PHRASES_DICT, key=lambda one: (len(one), one)):
        said = [plain(one[0]) for one in PHRASES_DICT[word]]
        known = len(word) <= LONGEST_WORD and len(said) == len(word) and all(one in single for one in word)
        if known and read(word, single, kept) != said:
            kept[word] = said
    return kept


def read(text: str, single: dict[str, str], kept: dict[str, list[str]]) -> list[str]:
    """Return how a text is read: the longest kept word at each place, else the character."""
    found: list[str] = []
    while len(found) < len(text):
        at = len(found)
        sizes = (size for size in range(LONGEST_WORD, 1, -1) if text[at : at + size] in kept)
        size = next(sizes, 1)
        found += kept[text[at : at + size]] if size > 1 else [single[text[at]]]
    return found


def main() -> None:
    """Write the file."""
    single = characters()
    of_reading: dict[str, str] = defaultdict(str)
    for one, said in sorted(single.items()):
        of_reading[said] += one
    lines = [f"{said} {listed}" for said, listed in sorted(of_reading.items())]
    lines += [f"={word} {' '.join(said)}" for word, said in words(single).items()]
    FILE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
