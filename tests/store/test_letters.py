"""Letters of targets: signed by accepting, void once a target changes, as files and as a zip."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from dacheng.core.document import Document, Grid, Heading, Line
from dacheng.core.errors import NotFound, RuleError
from dacheng.core.plans.editing import Edit
from dacheng.core.plans.letters import SIGNED, SUPERSEDED, UNSIGNED
from dacheng.store.actions.plans import copy_plan
from tests.store.company import AT, actor, month
from tests.store.test_plan_talks import accepted, aim, proposed
from tests.store.test_plans import at, moved, opened, set_cells


def letter_of(plan, name: str, who: str = "li", language: str = "zh-hans"):
    from dacheng.service.books import open_database
    from dacheng.service.letters import letter

    return letter(actor(who), open_database(actor(who), at=AT), plan, aim(plan, name).row, language)


def words(document: Document) -> str:
    parts = []
    for block in document.blocks:
        if isinstance(block, Grid):
            parts += [*block.head, *(text for row in block.rows for text in row)]
        else:
            parts.append(block.text)
    return "\n".join(parts)


def test_a_letter_says_who_what_and_until_when(database):
    plan = proposed()

    found = letter_of(plan, "李雷")

    said = words(found.document)
    assert found.state == UNSIGNED
    for expected in ("李雷", "上海组", "2026-07 至 2027-06", "250.00", "100%", "未签", "结果 70%", found.seal):
        assert expected in said, expected


def test_accepting_signs_the_letter_and_another_amount_makes_it_void(database):
    plan = proposed()
    accepted(plan, "李雷", "li")
    signed = letter_of(plan, "李雷")

    set_cells(plan, [Edit(at(opened(plan), "李雷"), 0, 1)])

    void = letter_of(plan, "李雷")
    assert (signed.state, void.state) == (SIGNED, SUPERSEDED)
    assert signed.seal != void.seal
    assert "已签 2026-06-15" in words(signed.document) and "已失效" in words(void.document)


def test_the_next_version_keeps_a_signature_whose_target_is_the_same(database):
    plan = proposed()
    accepted(plan, "李雷", "li")
    moved(plan, "approve")

    later = copy_plan(actor=actor("ops"), at=AT, uid=plan, values={"name": "年中", "effective_ym": month(10)}).uid

    found = letter_of(later, "李雷", "east")
    assert found.state == SIGNED
    assert found.seal == letter_of(plan, "李雷").seal


def test_nobody_reads_another_ones_letter(database):
    plan = proposed()

    with pytest.raises(NotFound):
        letter_of(plan, "李雷", "wang")


def test_the_letters_of_a_plan_come_as_far_as_one_sees(database):
    from dacheng.service.books import open_database
    from dacheng.service.letters import letters_zip

    plan = proposed()
    content = letters_zip(actor("east"), open_database(actor("east"), at=AT), plan, "docx", "zh-hans")

    names = ZipFile(BytesIO(content)).namelist()
    assert [name.split("-")[1] for name in names] == ["李雷", "王强"]
    assert all(name.endswith(".docx") for name in names)


def test_a_letter_in_english_has_no_chinese_but_names(database):
    plan = proposed()

    found = letter_of(plan, "李雷", language="en").document

    assert found.title == "Target letter"
    assert not [text for text in heads(found) if any("一" <= sign <= "鿿" for sign in text)]


def heads(document: Document) -> list[str]:
    lines = [block.text for block in document.blocks if isinstance(block, Line | Heading)]
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    return [
        *lines,
        *(row[0] for row in grids[0].rows),
        *grids[1].head,
        document.foot,
    ]


def test_without_the_pdf_part_it_is_told_what_to_install(database, monkeypatch):
    import sys

    from dacheng.service.letters import letter_file

    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(RuleError, match="PDF"):
        letter_file(letter_of(proposed(), "李雷"), "pdf")
