"""The hints on the pages keep step with GLOSSARY.md."""

from __future__ import annotations

from scripts.write_glossary import FILE, glossary_text


def test_the_hints_are_what_the_glossary_says():
    assert FILE.read_text("utf-8") == glossary_text(), "run `make reference`"
