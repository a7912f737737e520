"""Phone numbers and e-mail addresses (电话、邮箱): read as people write them, kept in one form.

A number is kept so that the same one is always the same text: a mobile of the mainland as eleven
digits, a land line as area and number, anything else with its country. Several stand beside each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dacheng.core.errors import Text

MOST_PHONES = 3
LONGEST_EMAIL = 254
BETWEEN = " / "

_SEVERAL = re.compile(r"[/、,;|]|或")
_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext\.?|x|\*|#)[:\s]*(\d{1,6})$", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s.()\-\u2010-\u2015]")
MOBILE = re.compile(r"1[3-9]\d{9}")
_LAND_LINE = re.compile(r"0(10|2\d|[3-9]\d{2})([2-9]\d{6,7})")
_SERVICE = re.compile(r"([48]00)(\d{3})(\d{4})")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_ABROAD = re.compile(r"[1-9]\d{6,14}")
_EMAIL = re.compile(r"[^\s@,;<>\"()]{1,64}@[^\s@.,;<>\"()]+(?:\.[^\s@.,;<>\"()]+)+")


@dataclass(frozen=True, slots=True)
class TextForm:
    """What a text must look like.

    Args:
        kept: returns it in its one form; None when it does not look like that.
        way_out: says what is possible.
    """

    kept: Callable[[str], str | None]
    way_out: Text


def phone(text: str) -> str | None:
    """Return one to three phone numbers in their one form; None when one cannot be read.

    >>> phone("+86 139 0000 0001"), phone("(021) 5555-0101 转 801"), phone("00852 2345 6789")
    ('13900000001', '021-55550101-801', '+85223456789')
    >>> phone("13900000001／010-5555 0101")
    '13900000001 / 010-55550101'
    >>> phone("没有") is None
    True
    """
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    numbers = [_number(part.strip()) for part in _SEVERAL.split(plain) if part.strip()]
    known = [one for one in dict.fromkeys(numbers) if one is not None]
    if not numbers or None in numbers or len(known) > MOST_PHONES:
        return None
    return BETWEEN.join(known)


def email(text: str) -> str | None:
    """Return an e-mail address in its one form; None when it is none.

    >>> email(" Chen.Li@Example.COM "), email("chenli.example.com")
    ('Chen.Li@example.com', None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("mailto:")
    if len(plain) > LONGEST_EMAIL or not _EMAIL.fullmatch(plain):
        return None
    name, _, place = plain.rpartition("@")
    return f"{name}@{place.lower()}"


def phones_of(text: str) -> list[str]:
    """Return the single numbers of a phone text in its one form."""
    return [one for one in text.split(BETWEEN) if one]


def dialled(number: str) -> str:
    """Return a number in its one form as a telephone takes it: ``+8613900000001``, extension after a pause."""
    main, _, extension = _parted(number)
    digits = main.replace("-", "")
    if not digits.startswith(("+", "4", "8")) and (MOBILE.fullmatch(digits) or digits.startswith("0")):
        digits = f"+86{digits.removeprefix('0')}"
    return f"{digits},{extension}" if extension else digits


def _parted(number: str) -> tuple[str, str, str]:
    """Return main number, separator and extension of a number in its one form."""
    found = re.fullmatch(r"(\+?\d+|0\d{2,3}-\d{7,8}|[48]00-\d{3}-\d{4})-(\d{1,6})", number)
    return (found[1], "-", found[2]) if found else (number, "", "")


def _number(text: str) -> str | None:
    """Return one number; its extension behind it."""
    kept_before, _, extension = _parted(text)
    if not extension and (found := _EXTENSION.search(text)):
        kept_before, extension = text[: found.start()].strip(), found[1]
    main = _main(_PUNCTUATION.sub("", kept_before))
    return f"{main}-{extension}" if main and extension else main


def _main(digits: str) -> str | None:
    """Return a number without its extension, from nothing but digits and perhaps a plus."""
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("+86"):
        rest = digits.removeprefix("+86")
        digits = rest if MOBILE.fullmatch(rest) or rest.startswith(("0", "400", "800")) else f"0{rest}"
    elif re.fullmatch(r"86(1[3-9]\d{9})", digits):
        digits = digits[2:]
    if digits.startswith("+"):
        return digits if _ABROAD.fullmatch(digits[1:]) else None
    if MOBILE.fullmatch(digits):
        return digits
    if found := _SERVICE.fullmatch(digits):
        return "-".join(found.groups())
    if found := _LAND_LINE.fullmatch(digits):
        return f"0{found[1]}-{found[2]}"
    return digits if _LOCAL.fullmatch(digits) else None


FORMS: Mapping[str, TextForm] = {
    "phone": TextForm(
        phone,
        Text(
            "写成 139 0000 0001、021-5555 0101 转 801 或 +852 2345 6789；至多三个，用 / 隔开。",
            "Write 139 0000 0001, 021-5555 0101 ext. 801 or +852 2345 6789; at most three, with / between.",
        ),
    ),
    "email": TextForm(
        email,
        Text("写成 chenli@example.com，一个地址。", "Write one address, such as chenli@example.com."),
    ),
}
