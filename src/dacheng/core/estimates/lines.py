"""The lines of the opportunity inventory (机会盘点) as a Book holds them."""

from __future__ import annotations

from fractions import Fraction

from dacheng.core.book import Book, Rows
from dacheng.core.estimates.question import Question
from dacheng.core.estimates.schema import KIND_CHOICES, VERDICT_CHOICES
from dacheng.core.filtering import INSIDE, Filter, equal, in_unit
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.targets.setting.inventory import Challenge, InventoryLine

LINES = """
    SELECT inventory_id, owner_id, unit_id, customer_id, deal_id, kind, amount, win_bp, in_year_bp, verdict,
        verdict_amount
    FROM inventory_lines {where} ORDER BY inventory_id"""
KIND_CODE = {number: code for number, code, _ in KIND_CHOICES}
VERDICT_CODE = {number: code for number, code, _ in VERDICT_CHOICES}
SAID = "-"
"""Stands for a comment that the Book does not carry; whoever gave the verdict wrote one."""


def inventory_of(book: Book, asked: Question) -> list[tuple[int, InventoryLine]]:
    """Return the lines of a unit and everything below it for a year, with their ids."""
    return list(zip_lines(line_rows(book, asked.year.from_ym, in_unit(book, asked.unit_id))))


def line_rows(book: Book, ym: int, wanted: Filter) -> Rows:
    """Gather the lines of a fiscal year, named by its first month."""
    wanted = equal(ym=ym) & INSIDE & wanted
    return book.gather(LINES.format(where=wanted.where), **wanted.params)


def zip_lines(rows: Rows) -> list[tuple[int, InventoryLine]]:
    """Return gathered lines as the method takes them, with their ids."""
    return [(int(rows["inventory_id"][at]), _line(rows, at)) for at in range(len(rows))]


def _line(rows: Rows, at: int) -> InventoryLine:
    return InventoryLine(
        name="",
        kind=KIND_CODE[int(rows["kind"][at])],
        amount=_known(rows, "amount", at),
        probability=_share(rows, "win_bp", at),
        in_year_share=_share(rows, "in_year_bp", at),
        customer_id=_known(rows, "customer_id", at),
        deal_id=_known(rows, "deal_id", at),
        challenge=Challenge(VERDICT_CODE[int(rows["verdict"][at])], _known(rows, "verdict_amount", at), SAID),
    )


def _known(rows: Rows, name: str, at: int) -> int | None:
    return int(rows[name][at]) if rows.known(name)[at] else None


def _share(rows: Rows, name: str, at: int) -> Fraction | None:
    value = _known(rows, name, at)
    return None if value is None else Fraction(value, BP_PER_WHOLE)
