"""机会盘点法 (opportunity inventory): what is in sight, line by line, challenged line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.table import Note
from dacheng.core.targets.setting.bounds import way_out_of, way_out_of_choices
from dacheng.core.targets.setting.naming import KINDS, OPEN, REDUCED, REJECTED, VERDICTS
from dacheng.core.targets.setting.outcome import Confidence, Evidence, Outcome, rounded
from dacheng.core.targets.setting.wording import in_number, plain

COUNTED, NO_CUSTOMER, TWICE, INCOMPLETE = "counted", "no_customer", "twice", "incomplete"
FATES: tuple[tuple[str, Text], ...] = (
    (COUNTED, Text("计入", "Counted")),
    (REJECTED, Text("不认可", "Rejected")),
    (NO_CUSTOMER, Text("无主", "Without a customer")),
    (INCOMPLETE, Text("不完整", "Incomplete")),
    (TWICE, Text("重复", "Counted already")),
)
UNOWNED = Text("{count} 行没有客户", "lines without a customer: {count}")
LACKS = Text("{count} 行缺金额、概率或年内比例", "lines that lack amount, probability or in-year share: {count}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a manager says to a line.

    Args:
        verdict: of ``VERDICTS``.
        reduced_to: minor units that stand instead of the line's amount, where it is reduced.
        comment: asked for where a line is reduced or rejected.
    """

    verdict: str = OPEN
    reduced_to: int | None = None
    comment: str = ""


UNCHALLENGED = Challenge()


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """One thing that may be sold in the planned year.

    Args:
        kind: of ``KINDS``.
        amount: minor units, >= 0; None = not known.
        probability, in_year_share: 0–1; None = not known.
        customer_id, deal_id: None = there is none.
    """

    name: str
    kind: str
    amount: int | None
    probability: Fraction | None
    in_year_share: Fraction | None
    customer_id: int | None
    deal_id: int | None = None
    challenge: Challenge = UNCHALLENGED

    @property
    def standing(self) -> int | None:
        """Return the amount after the challenge."""
        return self.challenge.reduced_to if self.challenge.verdict == REDUCED else self.amount

    def worth(self, amount: int | None) -> int | None:
        """Return amount × probability × in-year share, rounded once; None where one is not known."""
        if amount is None or self.probability is None or self.in_year_share is None:
            return None
        return rounded(amount * self.probability * self.in_year_share)


@dataclass(frozen=True, slots=True)
class Assessed:
    """What became of a line.

    Args:
        fate: of ``FATES``.
        expected: minor units after the challenge, counted or not; None = not known.
        stands: where the same deal is counted already: the position of that line.
    """

    line: InventoryLine
    fate: str
    expected: int | None
    stands: int | None = None

    @property
    def counted(self) -> int:
        """Return what the line adds to the target."""
        return self.expected or 0 if self.fate == COUNTED else 0


@dataclass(frozen=True, slots=True)
class Inventory:
    """The target by the inventory, and every line with its fate, in the order given."""

    outcome: Outcome
    lines: tuple[Assessed, ...]


def by_inventory(lines: Sequence[InventoryLine]) -> Inventory:
    """Return the target by the opportunity inventory (机会盘点法).

    Defined as::  T = Σ amount × probability × in-year share, each line rounded once
    Counted are the lines that have a customer and all three figures and that nobody rejected; of several
    with the same deal the first of them. Another one then counts when the first is rejected.

    Returns:
        Off where no line counts.

    Raises:
        RuleError: the first of ``faults_of``.

    Source: R013; golden case G03.
    """
    faults = faults_of(lines)
    if faults:
        raise RuleError(faults[0].message, faults[0].remedy)
    found = _assessed(lines)
    counts = any(one.fate == COUNTED for one in found)
    off = None if counts else Text("盘点里没有一行可以计入。", "No line of the inventory counts.")
    outcome = Outcome(
        amount=sum(one.counted for one in found) if counts else None,
        off=off,
        evidence=tuple(_evidence(found)),
        confidence=_confidence(found),
        notes=tuple(_notes(found)),
    )
    return Inventory(outcome, tuple(found))


def faults_of(lines: Sequence[InventoryLine]) -> tuple[Finding, ...]:
    """Return everything that must be put right before the lines can be counted; ``row`` is 1-based.

    A probability above 1 is asked back: 60 or 0.6?
    """
    return tuple(fault for at, line in enumerate(lines, 1) for fault in _faults(at, line))


def _faults(at: int, line: InventoryLine) -> list[Finding]:
    found = [*_wrong_word(at, line), *_wrong_challenge(at, line)]
    shares = (
        ("probability", Text("概率", "probability"), line.probability),
        ("in_year_share", Text("年内比例", "in-year share"), line.in_year_share),
    )
    for column, label, value in shares:
        if value is not None and not 0 <= value <= 1:
            found.append(_fault(at, line, column, label, in_number(value), way_out_of(value)))
    if line.amount is not None and line.amount < 0:
        way_out = Text("请填 0 或正数；不知道就空着。", "Enter zero or more; leave it empty when it is not known.")
        found.append(_fault(at, line, "amount", Text("金额", "amount"), in_yuan(line.amount), way_out))
    return found


def _wrong_word(at: int, line: InventoryLine) -> list[Finding]:
    if line.kind in dict(KINDS):
        return []
    return [_fault(at, line, "kind", Text("类别", "kind"), line.kind, way_out_of_choices(KINDS))]


def _wrong_challenge(at: int, line: InventoryLine) -> list[Finding]:
    said, found = line.challenge, []
    if said.verdict not in dict(VERDICTS):
        label = Text("质询结论", "verdict")
        found.append(_fault(at, line, "verdict", label, said.verdict, way_out_of_choices(VERDICTS)))
    if said.verdict in (REDUCED, REJECTED) and not said.comment.strip():
        way_out = Text("调减或不认可都要写明原因。", "Say why it is reduced or rejected.")
        found.append(_fault(at, line, "comment", Text("质询意见", "comment"), "", way_out))
    if said.verdict == REDUCED and not _reduces(line):
        seen = "" if said.reduced_to is None else in_yuan(said.reduced_to)
        found.append(_fault(at, line, "reduced_to", Text("调减后金额", "reduced amount"), seen, _reducing(line)))
    return found


def _reducing(line: InventoryLine) -> Text:
    if line.amount is None:
        return Text("请填 0 或正数。", "Enter zero or more.")
    top = in_yuan(line.amount)
    return Text(f"请填 0 到原金额 {top} 之间的数。", f"Enter an amount from 0 to the line's own {top}.")


def _reduces(line: InventoryLine) -> bool:
    """Tell whether the reduced amount is one, from zero to the line's own."""
    to = line.challenge.reduced_to
    return to is not None and to >= 0 and (line.amount is None or to <= line.amount)


def _fault(at: int, line: InventoryLine, column: str, label: Text, seen: str, way_out: Text) -> Finding:
    zh = f"盘点第 {at} 行「{line.name}」的{label.zh}" + (f"不能是 {seen}。" if seen else "没有填。")
    en = f"Line {at} “{line.name}”: the {label.en} " + (f"cannot be {seen}." if seen else "is missing.")
    return Finding(
        f"setting/inventory-{column.replace('_', '-')}", Text(zh, en), way_out, row=at, column=column, value=seen
    )


def _assessed(lines: Sequence[InventoryLine]) -> list[Assessed]:
    standing: dict[int, int] = {}  # deal -> the line that counts for it
    found = []
    for at, line in enumerate(lines):
        expected, fate = line.worth(line.standing), _fate(line)
        stands = standing.get(line.deal_id) if line.deal_id is not None else None
        if fate == COUNTED and stands is not None:
            found.append(Assessed(line, TWICE, expected, stands))
            continue
        if fate == COUNTED and line.deal_id is not None:
            standing[line.deal_id] = at
        found.append(Assessed(line, fate, expected))
    return found


def _fate(line: InventoryLine) -> str:
    """Return what becomes of a line by itself."""
    if line.challenge.verdict == REJECTED:
        return REJECTED
    if line.customer_id is None:
        return NO_CUSTOMER
    return INCOMPLETE if line.worth(line.standing) is None else COUNTED


def _evidence(found: Sequence[Assessed]) -> list[Evidence]:
    """Return what counts by kind, then what does not by its reason, then what challenges took away."""
    evidence = []
    for code, label in KINDS:
        own = [one for one in found if one.line.kind == code]
        if own:
            evidence.append(Evidence(f"kind.{code}", label, sum(one.counted for one in own), "money"))
    for code, label in FATES[1:]:
        own = [one for one in found if one.fate == code]
        if own:
            known = [one.expected for one in own if one.expected is not None]
            why = LACKS.filled(count=len(own))
            evidence.append(Evidence(f"left_out.{code}", label, sum(known) if known else None, "money", why=why))
            count = Text(f"{label.zh}的行数", f"{label.en}: lines")
            evidence.append(Evidence(f"lines.{code}", count, len(own), "count"))
    own_amounts = [(one, one.line.worth(one.line.amount)) for one in found if one.fate == COUNTED]
    taken = [(one, own) for one, own in own_amounts if one.line.challenge.verdict == REDUCED and own is not None]
    if taken:
        label = Text("调减的影响", "What reductions took away")
        evidence.append(Evidence("reduced", label, sum(one.counted - own for one, own in taken), "money"))
    return evidence


def _confidence(found: Sequence[Assessed]) -> Confidence:
    """Return the part of the lines that are complete and belong to a customer, of those nobody rejected."""
    asked = [one for one in found if one.fate != REJECTED]
    lacking = {code: sum(one.fate == code for one in asked) for code in (NO_CUSTOMER, INCOMPLETE)}
    words = {NO_CUSTOMER: UNOWNED, INCOMPLETE: LACKS}
    missing = tuple(words[code].filled(count=count) for code, count in lacking.items() if count)
    return Confidence(len(asked) - sum(lacking.values()), len(asked), missing)


def _notes(found: Sequence[Assessed]) -> list[Note]:
    notes = [_same_deal(at, one, found) for at, one in enumerate(found) if one.fate == TWICE]
    unowned = sum(one.fate == NO_CUSTOMER for one in found)
    if unowned:
        amount = sum(one.expected or 0 for one in found if one.fate == NO_CUSTOMER)
        words = Text(
            "{count} 行无主（没有客户），{{}} 没有计入。", "{count} lines have no customer: {{}} was not counted."
        )
        notes.append(Note.of_amounts("no-customer", words.filled(count=unowned), (amount,), unowned))
    waiting = sum(one.fate == COUNTED and one.line.challenge.verdict == OPEN for one in found)
    if waiting:
        message = Text(f"{waiting} 行还没有质询。", f"Lines that count and nobody challenged yet: {waiting}.")
        notes.append(Note("not-challenged", message, waiting))
    return notes


def _same_deal(at: int, twice: Assessed, found: Sequence[Assessed]) -> Note:
    """Return which line stands for a deal that a later line names again."""
    stands = twice.stands or 0
    first, own, other = stands + 1, plain(twice.line.name), plain(found[stands].line.name)
    pattern = Text(
        f"第 {at + 1} 行「{own}」与第 {first} 行「{other}」是同一个商机，只计后者 {{}}，不计 {{}}。",
        f"Line {at + 1} “{own}” is the deal of line {first} “{other}”: {{}} counts, {{}} does not.",
    )
    return Note.of_amounts("same-deal", pattern, (found[stands].counted, twice.expected or 0), 1)
