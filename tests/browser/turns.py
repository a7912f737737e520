"""Journeys are made in Chinese and in English: one of the two in every run, both with --full."""

from __future__ import annotations

from typing import Any

import pytest

LANGUAGES = ("zh", "en")


def in_turn(usual: str, zh: tuple[Any, ...], en: tuple[Any, ...]) -> list[Any]:
    """Return both variants as parameters; the one that is not ``usual`` is for ``--full``.

    Which language is usual alternates from journey to journey, so that every run speaks both; every page in
    both languages is the matter of the tour.
    """
    return [
        pytest.param(*values, id=language, marks=[] if language == usual else pytest.mark.slow)
        for language, values in zip(LANGUAGES, (zh, en), strict=True)
    ]
