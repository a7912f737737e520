"""Target letters (目标责任书): the targets of a row as a document to be signed, one by one or all of a plan (R032)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, TypeVar
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.document import Block, Document, Grid, Heading, Line
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.money import in_yuan, percent
from dacheng.core.period import date_of, ym_text
from dacheng.core.plans.letters import (
    PBC,
    SIGNED,
    STATES,
    SUPERSEDED,
    Promise,
    Signature,
    letter_state,
    weights_bp,
)
from dacheng.core.plans.schema import ACCEPT, CHANNEL, PERSON
from dacheng.core.plans.talking import seal, seal_of_all
from dacheng.exchange import pdf_file, word_file
from dacheng.service.plan_talks import RowTalk, Target, row_talk, talks_of
from dacheng.service.settings import company_name, currency
from dacheng.store.queries.plan_talks import Word, words_of

MOST_LETTERS = 500
QUARTER = 3
T = TypeVar("T")
_EPOCH = (1980, 1, 1, 0, 0, 0)

ROWS_OF_PERSON = """
    SELECT plan_row_id FROM plan_rows WHERE person_id = :person AND unit_id = :unit AND kind = :kind
    ORDER BY plan_row_id"""

ROWS_OF_PARTNER = """
    SELECT plan_row_id FROM plan_rows WHERE customer_id = :customer AND unit_id = :unit AND kind = :kind
    ORDER BY plan_row_id"""

FILES: Mapping[str, tuple[str, Callable[[Document], bytes]]] = {
    "docx": (word_file.TYPE, word_file.word_file),
    "pdf": (pdf_file.TYPE, pdf_file.pdf_file),
}
"""Kind of file -> its type and what writes it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it stands.

    Args:
        state: of ``core.plans.letters.STATES``. signed_day: from when all of it is signed.
        seal: fingerprint of all its months.
    """

    talk: RowTalk
    document: Document
    state: int
    signed_day: int | None
    seal: str

    @property
    def file_name(self) -> str:
        """Return the name of its file, without the ending."""
        return f"{self.talk.plan_name}-{self.talk.called.zh}-{self.seal}".replace("/", "_")


def letter(viewer: Viewer, book: Book, plan: UUID, row: UUID, language: str) -> Letter:
    """Return the letter of a row of a plan.

    Raises:
        NotFound: there is no such row in reach. RuleError: it has no targets yet.
    """
    talk = row_talk(viewer, book, plan, row)
    if not talk.targets:
        raise RuleError(
            Text("这一行还没有目标，没有责任书。", "This row has no targets, so there is no letter."),
            Text("等方案分解到这一行。", "Wait until the plan is broken down to it."),
        )
    return _letter(book, talk, language)


def letter_file(found: Letter, kind: str) -> tuple[str, bytes]:
    """Return the type and content of a letter's file.

    Args:
        kind: docx or pdf.

    Raises:
        NotFound: there is no such kind. RuleError: the PDF part is not installed.
    """
    if kind not in FILES:
        raise NotFound(Text(f"没有 {kind} 这种文件。", f"There is no file of kind {kind}."))
    type_, write = FILES[kind]
    return type_, write(found.document)


def letters_of(viewer: Viewer, book: Book, plan: UUID, language: str) -> Iterator[Letter]:
    """Return the letters of everybody whom the viewer sees in a plan and who has a target.

    Raises:
        NotFound: there is no such plan in reach. RuleError: they are too many.
    """
    talks = talks_of(viewer, book, plan, most=MOST_LETTERS)
    return (_letter(book, talk, language) for talk in talks)


def write_letters(letters: Iterator[Letter], kind: str, stream: BinaryIO) -> int:
    """Write letters into a zip; return how many; raises as ``letter_file``."""
    count = 0
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for one in letters:
            _type, content = letter_file(one, kind)
            package.writestr(ZipInfo(f"{one.file_name}.{kind}", _EPOCH), content, compress_type=ZIP_DEFLATED)
            count += 1
    return count


def letters_zip(viewer: Viewer, book: Book, plan: UUID, kind: str, language: str) -> bytes:
    """Return the letters of a plan as a zip; raises as ``letters_of`` and ``letter_file``."""
    stream = BytesIO()
    write_letters(letters_of(viewer, book, plan, language), kind, stream)
    return stream.getvalue()


def _letter(book: Book, talk: RowTalk, language: str) -> Letter:
    promises = _promises(book, talk)
    state, day = letter_state(promises)
    sealed = seal_of_all([one.seal for one in promises])
    return Letter(talk, _document(book, talk, state, day, sealed, language), state, day, sealed)


def _promises(book: Book, talk: RowTalk) -> list[Promise]:
    words = [word for one in talk.targets for word in one.words] + _words_elsewhere(book, talk)
    return [
        Promise(
            stands=one.stands,
            seal=seal({month.ym: month.amount for month in one.months}),
            signatures=[
                Signature(word.seal, word.day)
                for word in words
                if word.kind == ACCEPT and word.measure_id == one.measure_id and not word.ym
            ],
        )
        for one in talk.targets
    ]


def _words_elsewhere(book: Book, talk: RowTalk) -> list[Word]:
    """Return what was said of the same person's or partner's targets in other versions: the same stays signed."""
    row = talk.row
    if row.kind == PERSON:
        rows = book.gather(ROWS_OF_PERSON, person=row.person_id, unit=row.unit_id, kind=PERSON)
    elif row.kind == CHANNEL and row.customer_id:
        rows = book.gather(ROWS_OF_PARTNER, customer=row.customer_id, unit=row.unit_id, kind=CHANNEL)
    else:
        return []
    others = [one for one in rows["plan_row_id"].tolist() if one != row.row_id]
    return words_of(others, book.as_of_day) if others else []


def _document(book: Book, talk: RowTalk, state: int, day: int | None, sealed: str, language: str) -> Document:
    say, of_partner = _Saying(language), talk.row.kind == CHANNEL
    blocks: list[Block] = [
        Grid((), _facts(say, talk, state, day, sealed)),
        Heading(say("一、目标", "1  Targets")),
        Line(say(f"金额单位：元（{currency()}）。", f"All amounts in {currency()}."), "quiet"),
        _targets(say, talk, weights_bp(book.rules.word("letters.weights"), _codes(talk))),
        Heading(say("二、考核", "2  Assessment")),
        *[Line(text) for text in _assessment(say, book.rules.word("letters.pbc"))],
        Heading(say("三、约定", "3  Terms")),
        *[Line(text) for text in _terms(say, of_partner=of_partner)],
        Heading(say("四、签字", "4  Signatures")),
        Grid(
            (_signer(say, of_partner=of_partner), say("直接上级", "Manager"), say("授权人", "Authorised by")),
            [(say("签字：", "Signature:"),) * 3, (say("日期：", "Date:"),) * 3],
        ),
    ]
    if state == SUPERSEDED:
        void = say("已失效：签字之后目标改过，请重新认同。", "Superseded: a target changed after it was signed.")
        blocks.insert(0, Line(void, "strong"))
    foot = say(f"版本指纹 {sealed}", f"Fingerprint {sealed}")
    return Document(say("目标责任书", "Target letter"), language, blocks, foot)


class _Saying:
    """Words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        return Text(zh, en).in_language(self.language)


def _facts(say: _Saying, talk: RowTalk, state: int, day: int | None, sealed: str) -> list[tuple[str, str]]:
    first, last = ym_text(talk.plan.from_ym), ym_text(talk.plan.until_ym - 1)
    unit = talk.names["units"].get(talk.row.unit_id)
    label = next(label.in_language(say.language) for number, _, label in STATES if number == state)
    signed = f"{label} {date_of(day).isoformat()}" if state == SIGNED and day is not None else label
    who = say("渠道", "Partner") if talk.row.kind == CHANNEL else say("责任人", "Responsible")
    number = say(f"第 {talk.plan.number} 版", f"version {talk.plan.number}")
    return [
        (say("公司", "Company"), company_name()),
        (who, talk.called.in_language(say.language)),
        (say("组织", "Unit"), unit.in_language(say.language) if unit else ""),
        (say("期间", "Period"), say(f"{first} 至 {last}", f"{first} to {last}")),
        (say("方案", "Plan"), f"{talk.plan_name} {number}"),
        (say("电子签", "Electronic signature"), signed),
        (say("版本指纹", "Fingerprint"), sealed),
    ]


def _codes(talk: RowTalk) -> list[str]:
    return [talk.names["measures"][one.measure_id].code for one in talk.targets]


def _targets(say: _Saying, talk: RowTalk, weights: Sequence[int | None]) -> Grid:
    spans = _quarters(talk.targets[0])
    head = [say("指标", "Measure"), say("权重", "Weight"), *spans, say("合计", "Total")]
    rows = [_measure(say, talk, one, weight) for one, weight in zip(talk.targets, weights, strict=True)]
    return Grid(head, rows, frozenset(range(1, len(head))))


def _quarters(target: Target) -> list[str]:
    months = [ym_text(one.ym) for one in target.months]
    return [f"{part[0]}–{part[-1][-2:]}" for part in _threes(months)]


def _measure(say: _Saying, talk: RowTalk, one: Target, weight: int | None) -> list[str]:
    name = talk.names["measures"][one.measure_id].in_language(say.language)
    sums = [in_yuan(sum(part)) for part in _threes([month.amount for month in one.months])]
    return [name, "–" if weight is None else percent(weight), *sums, in_yuan(one.year)]


def _threes(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[at : at + QUARTER] for at in range(0, len(values), QUARTER)]


def _assessment(say: _Saying, template: str) -> Iterator[str]:
    yield say(
        "得分 = Σ 权重 × 达成率；达成率为负按 0 计。", "Score = Σ weight × attainment; a negative attainment is 0."
    )
    if template in PBC:
        results, execution, team = PBC[template]
        yield say(
            f"PBC：结果 {results}%，执行 {execution}%，团队 {team}%；上表为结果承诺。",
            f"PBC: results {results}%, execution {execution}%, team {team}%; the table above states the results.",
        )


def _signer(say: _Saying, *, of_partner: bool) -> str:
    return say("渠道（签字盖章）", "Partner (signed and sealed)") if of_partner else say("责任人", "Responsible")


def _terms(say: _Saying, *, of_partner: bool) -> Iterator[str]:
    yield _how_signed(say, of_partner=of_partner)
    yield say(
        "签字后任何一项目标改变，指纹随之改变，本责任书失效，需重新认同。",
        "When a target changes after signing, so does the fingerprint: the letter is void and is agreed on anew.",
    )


def _how_signed(say: _Saying, *, of_partner: bool) -> str:
    if of_partner:
        return say(
            "本责任书由方案自动生成；渠道签字盖章后，负责这个组织的人在系统中接受目标，登记为已签。",
            "This letter is made from the plan; once the partner has signed it, whoever looks after the unit accepts "
            "the targets in the system, which records the signature.",
        )
    return say(
        "本责任书由方案自动生成，责任人在系统中接受目标即为电子签。",
        "This letter is made from the plan; accepting the targets in the system signs it.",
    )
