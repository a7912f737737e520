"""An estimate of a target for its page and for programs: worked out, with what may be typed and by whom (目标测算)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer, may
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.estimates.assessing import Assessment, assessed
from dacheng.core.estimates.material import Material, called_in, material_of
from dacheng.core.estimates.question import Question, question_of
from dacheng.core.estimates.schema import DRAFT, SCHEMES, STATES
from dacheng.core.period import date_of, parse_period
from dacheng.core.targets.schema import CONTRACT
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.store.actions import estimates as actions
from dacheng.store.actions.estimates import TIERS, Estimated
from dacheng.store.identity import hidden
from dacheng.store.queries.estimates import (
    InputRecord,
    estimate_record,
    input_records,
    line_names,
    market_sources,
    plans_there,
)
from dacheng.store.standing import ids_of_uids

__all__ = ["TIERS", "Asked", "EstimateView", "actions", "estimate_view", "question_by_uid", "submit", "view_of"]

NO_SOURCE = Text("未注明来源", "Source not stated")
SCHEME_CODE = {number: code for number, code, _ in SCHEMES}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which estimate, as text: codes or names; empty = the viewer's topmost unit, the next year, 合同额, plan A."""

    unit: str = ""
    period: str = ""
    measure: str = ""
    scheme: str = ""


@dataclass(frozen=True)
class EstimateView:
    """An estimate as somebody sees it.

    Args:
        found: worked out, with names in the reader's language.
        inputs: (number, line) -> the record of an input that was typed at least once.
        version: of the estimate itself, 0 where nobody chose anything.
        plans: codes of the plans for which something was typed or chosen, this one too.
        editable, adoptable: what the viewer may do on the Book's day.
        step_names: of the stages that the funnel's past steps are.
        market_source: where the market facts come from that its inputs may be drawn from.
    """

    asked: Question
    found: Assessment
    unit: Name
    measure: Name
    inputs: Mapping[tuple[int, int], InputRecord]
    state: int
    reason: str
    version: int
    plans: tuple[str, ...]
    editable: bool
    adoptable: bool
    step_names: tuple[str, ...] = ()
    market_source: str = ""

    @property
    def of(self) -> Estimated:
        """Return how actions name it."""
        return Estimated(UUID(self.unit.uid), self.asked.year.from_ym, UUID(self.measure.uid), self.asked.scheme)

    @property
    def scheme(self) -> str:
        """Return the code of its plan."""
        return SCHEME_CODE[self.asked.scheme]


def estimate_view(viewer: Viewer, book: Book, asked: Asked, language: str) -> EstimateView | None:
    """Return an estimate; None where the viewer looks after no unit.

    Raises:
        RuleError: a code is not known, or the period is none. NotFound: the viewer does not look after the unit.
    """
    question = _question(book, asked)
    return None if question is None else view_of(viewer, book, question, language)


def question_by_uid(book: Book, of: Estimated, year: int) -> Question:
    """Return the question of an estimate that is named by public ids.

    Raises:
        NotFound: there is no such unit or measure.
    """
    units, measures = ids_of_uids("units", [of.unit]), ids_of_uids("measures", [of.measure])
    if of.unit not in units:
        raise hidden(Text("组织", "Unit"))
    if of.measure not in measures:
        raise hidden(Text("指标", "Measure"))
    return Question(units[of.unit], book.rules.fiscal.year(year), year, measures[of.measure], of.scheme)


def view_of(viewer: Viewer, book: Book, question: Question, language: str) -> EstimateView:
    """Return an estimate as somebody sees it.

    Raises:
        NotFound: the viewer does not look after the unit.
    """
    if not book.scope.whole and question.unit_id not in book.scope.units:
        raise hidden(Text("组织", "Unit"))
    given = material_of(book, question)
    names = DatabaseNames().names_of(
        {
            "units": [question.unit_id],
            "measures": [question.measure_id],
            "stages": [one.stage_id for one in given.past.steps],
        }
    )
    steps = [_named(names["stages"], one.stage_id, language) for one in given.past.steps]
    called = called_in(language, steps, line_names(number for number, _ in given.lines))
    record = estimate_record(question.key)
    today = book.as_of_day == book.today
    return EstimateView(
        asked=question,
        found=assessed(given, called),
        unit=names["units"][question.unit_id],
        measure=names["measures"][question.measure_id],
        inputs=input_records(question.key),
        state=int(record.row["state"]) if record else DRAFT,
        reason=str(record.row["reason"]) if record else "",
        version=int(record.row["version"]) if record else 0,
        plans=_plans(question),
        editable=today and may(viewer, "estimate.edit", book.tree, unit_id=question.unit_id),
        step_names=tuple(steps),
        market_source=_market_source(given, language),
        adoptable=today and may(viewer, "estimate.adopt", book.tree, unit_id=question.unit_id),
    )


def submit(viewer: Viewer, at: datetime, view: EstimateView, version: int) -> int:
    """Submit an estimate with its tiers as they stand now; return its version.

    Args:
        version: the one the submitter saw; 0 = nobody had chosen anything.

    Raises:
        RuleError: something must be answered in writing first, or as the action says.
    """
    asks = view.found.asks
    if asks and not view.reason.strip():
        message = asks[0].text
        raise RuleError(message, Text("写明取值理由，再送审。", "Write the reason first, then submit."))
    tiers = {"floor": view.found.floor, "target": view.found.target, "stretch": view.found.stretch}
    return actions.submit_estimate(actor=viewer, at=at, of=view.of, tiers=tiers, version=version)


def state_label(state: int) -> Text:
    """Return what a state is called."""
    return next(label for number, _, label in STATES if number == state)


def _question(book: Book, asked: Asked) -> Question | None:
    names = SeenNames(book, DatabaseNames())
    unit = identified("units", asked.unit, names) if asked.unit else None
    measure = identified("measures", asked.measure, names) if asked.measure else CONTRACT
    period = parse_period(asked.period, book.rules.fiscal) if asked.period else None
    return question_of(book, unit, period, measure, asked.scheme or SCHEMES[0][1])


def _plans(question: Question) -> tuple[str, ...]:
    there = plans_there(question.unit_id, question.year.from_ym, question.measure_id) | {question.scheme}
    return tuple(code for number, code, _ in SCHEMES if number in there)


def _market_source(given: Material, language: str) -> str:
    """Return where the drawn inputs come from, with year and day; what has no source is said to have none."""
    market = given.figures.market
    if market is None:
        return ""
    told = [_source(source, day) for source, day in market_sources(market.market_ids)]
    whole = Text(
        f"市场数据 {market.year}：{'；'.join(one.zh for one in told)}",
        f"Market facts of {market.year}: {'; '.join(one.en for one in told)}",
    )
    return whole.in_language(language)


def _source(source: str, day: int | None) -> Text:
    if not source:
        return NO_SOURCE
    on = date_of(day).isoformat() if day is not None else ""
    return Text(f"{source} {on}" if on else f"{source}，未注明日期", f"{source} {on}" if on else f"{source}, no day")


def _named(names: Mapping[int, Name], number: int, language: str) -> str:
    return names[number].in_language(language) if number in names else str(number)
