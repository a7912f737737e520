"""What a collection forecast rests on, in words: how much was seen of paying, and what is not forecast without it."""

from __future__ import annotations

from dacheng.core.book import Book
from dacheng.core.cash.expecting import Learned
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter
from dacheng.core.table import Note
from dacheng.core.targets.results import APPROVED, ORDERS

SIGNED = "SELECT COUNT(*) AS there, CAST(SUM(amount) AS BIGINT) AS amount FROM contracts {where}"
AGREED = "SELECT COUNT(*) AS there, CAST(SUM(amount) AS BIGINT) AS amount FROM payment_terms {where}"
OF_CONTRACTS = Filter(("contract_id IS NOT NULL",))


def enough_note(book: Book, known: Learned) -> Note:
    """Say that there is too little history to forecast by it."""
    enough = book.rules.number("cash.enough_terms")
    return Note(
        "no-history",
        Text(
            f"看得到的付款条件不足 {enough} 笔，按付款历史的预测不适用，只有按应收日的。",
            f"Fewer than {enough} payment terms are seen: nothing is forecast by history, only by due date.",
        ),
        int(known.due is None),
    )


def habit_notes(known: Learned) -> tuple[Note, ...]:
    """Say what was learned from, and what is left out because nothing was."""
    learned_from = 0 if known.due is None else known.due.count
    return (
        Note(
            "learned",
            Text(f"付款历史来自 {learned_from} 笔付款条件。", f"Paying history of {learned_from} payment terms."),
            learned_from,
        ),
        Note(
            "no-usual-terms",
            Text(
                "近来生效的合同太少，不知道将签合同怎样付款，将签合同不在预测里。",
                "Too few contracts took effect of late to know how those to come are paid: they are not forecast.",
            ),
            int(known.due is not None and known.signed is None),
        ),
    )


def untold_note(book: Book, whose: Filter) -> Note:
    """Say what of signed contracts no payment term tells (待定): it is not forecast, and must not vanish.

    Plain sums by place: terms stand where their contract stands, and what changes a contract is one of its own.
    """
    signed, agreed = whose & INSIDE & APPROVED & ORDERS, whose & INSIDE & OF_CONTRACTS
    sums = [
        book.gather(sql.format(where=wanted.where), **wanted.params)
        for sql, wanted in ((SIGNED, signed), (AGREED, agreed))
    ]
    left = int(sums[0]["amount"][0]) - int(sums[1]["amount"][0])
    words = Text(
        "已签合同里 {} 还没有付款条件（待定），不在预测里。",
        "Of signed contracts {} has no payment term yet and is not forecast.",
    )
    return Note.of_amounts("untold", words, [left], int(left > 0))
