"""Problems as data, and the few exceptions that people can act on.

Every message says which object, which rule, what was seen and the way out, in
both languages; shells choose the language and never invent a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["block", "warn", "note"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or a label in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English text for any ``en…`` language code, else the Chinese."""
        return self.en if language.lower().startswith("en") else self.zh

    def filled(self, **values: object) -> Text:
        """Return the text with ``{name}`` places filled in both languages."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def __str__(self) -> str:
        return self.zh if self.zh == self.en else f"{self.zh} / {self.en}"


NO_REMEDY = Text("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one row, so that a bad row never hides the others.

    Args:
        rule: stable name of the rule, for example ``deals/unknown-product``.
        severity: ``block`` keeps the row out, ``warn`` lets it in, ``note`` informs.
        row: the sheet's own row number, 1-based; None when it is about the whole.
        value: what was seen, as text.
    """

    rule: str
    message: Text
    remedy: Text = NO_REMEDY
    severity: Severity = "block"
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""


class DachengError(Exception):
    """An expected error: it carries what happened and the way out."""

    def __init__(self, message: Text, remedy: Text = NO_REMEDY) -> None:
        super().__init__(str(message))
        self.message = message
        self.remedy = remedy

    def sentence(self, language: str) -> str:
        """Return message and remedy as one text in a language."""
        parts = (self.message.in_language(language), self.remedy.in_language(language))
        return " ".join(part for part in parts if part)


class RuleError(DachengError):
    """A business rule refuses it (422)."""


class NotAllowed(DachengError):
    """The actor may see it but may not do it (403)."""


class NotFound(DachengError):
    """It does not exist, or the actor may not know that it does (404)."""


class Conflict(DachengError):
    """Somebody else changed it first (409); both values travel with the error.

    Args:
        yours: field -> the value that was sent.
        theirs: field -> the value that stands now.
    """

    def __init__(
        self,
        message: Text,
        remedy: Text = NO_REMEDY,
        *,
        yours: dict[str, object] | None = None,
        theirs: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message, remedy)
        self.yours = yours or {}
        self.theirs = theirs or {}


class Unavailable(DachengError):
    """The database or a disk is away; nothing was written, try again (503)."""
