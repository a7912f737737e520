"""What calls say of plans, and what they are told (方案的字段)."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StrictInt

from dacheng.api.fields import Money, Month, Words
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.plans.fits import LEAST_FIT_BP, MOST_FIT_BP
from dacheng.core.plans.month_ways import LARGEST_UPLIFT
from dacheng.store.actions.plans import MOST_MONTHS

MOST_EDITS = 5_000
Fitness = Annotated[
    StrictInt, Field(ge=LEAST_FIT_BP, le=MOST_FIT_BP, description="basis points; 10,000 = as the factors say")
]
Dimension = Literal["line", "customer", "region", "other"]
MeasureCode = Annotated[str, Field(description="编码 · code of the measure")]


class NewPlan(Schema):
    """A plan of a unit over some months."""

    model_config = ConfigDict(extra="forbid")
    name: Words
    unit_id: UUID
    first_month: Month
    months: Annotated[StrictInt, Field(ge=1, le=MOST_MONTHS)] = 12
    code: Words = ""


class PlanCopy(Schema):
    """The next version of a plan."""

    model_config = ConfigDict(extra="forbid")
    name: Words
    effective: Month | None = Field(None, description="the first month that may change; null = as it was")


class NewRow(Schema):
    """A row below another one."""

    model_config = ConfigDict(extra="forbid")
    parent: Words = Field(description="code of the row above")
    kind: Literal["vacancy", "channel", "customer", "pool", "buffer", "reserve"]
    name: Words = ""
    first_month: Month | None = None
    customer_id: UUID | None = None


class PlanLock(Schema):
    """The version of the plan that was seen."""

    model_config = ConfigDict(extra="forbid")
    version: int | None = Field(None, ge=1, description="null = whatever stands")


class PlanStep(PlanLock):
    """A step of a plan on its way to approval."""

    step: Literal["propose", "take_back"]


class PlanApproval(PlanLock):
    """A step of who approves."""

    step: Literal["approve", "reopen"]


class GivenEdit(Schema):
    """A cell as it shall be; what follows is worked out."""

    model_config = ConfigDict(extra="forbid")
    row: Words = Field(description="code of the row")
    month: Month | None = Field(None, description="null: the whole year of the row")
    amount: Money
    version: int | None = Field(None, ge=0, description="the version of the cell you saw; null = whatever stands")


class GivenEdits(Schema):
    """Cells to set together."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    edits: list[GivenEdit] = Field(min_length=1, max_length=MOST_EDITS)
    siblings_only: bool = Field(False, description="rows above stay; siblings take the difference")


class Uplift(Schema):
    """A month that is raised for a festival; the others come down in proportion."""

    model_config = ConfigDict(extra="forbid")
    month: Month
    bp: Annotated[StrictInt, Field(gt=-BP_PER_WHOLE, le=LARGEST_UPLIFT)]


class Breakdown(Schema):
    """A total to break down to every row and month."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    total: Money
    season: list[Annotated[StrictInt, Field(ge=0)]] | None = Field(
        None, max_length=MOST_MONTHS, description="weight of each month; null = as months_by says"
    )
    months_by: Literal["season", "profile", "evenly", "working", "4-4-5", "4-5-4", "5-4-4", "typed"] = Field(
        "season", description="what the months follow where season is null"
    )
    shares_bp: list[Annotated[StrictInt, Field(ge=0, le=BP_PER_WHOLE)] | None] = Field(
        [], max_length=MOST_MONTHS, description="typed: share of each month in basis points, together 10,000"
    )
    spring: bool = Field(False, description="January and February are shared by their working days (春节)")
    uplifts: list[Uplift] = Field([], max_length=MOST_MONTHS, description="months raised for a festival")


class Drawing(Schema):
    """Customer types drawn from what is written of accounts."""

    model_config = ConfigDict(extra="forbid")
    by: Literal["industry", "region"]
    look: bool = Field(False, description="true = tell the types and write nothing")


class TypeDrawn(Schema):
    """A customer type that accounts have written of them."""

    name: str
    accounts: int = Field(description="how many get the type now")
    typed: int = Field(description="how many have a type already and keep it")
    new: bool = Field(description="there was no segment of that name yet")


class TypesDrawn(Schema):
    """The customer types that accounts have written of them, by name."""

    types: list[TypeDrawn]


class SegmentWeight(Schema):
    """What the total of a segment is weighed by."""

    model_config = ConfigDict(extra="forbid")
    segment: Words = Field(description="code or name of the segment")
    weight: Annotated[StrictInt, Field(ge=0, le=10**9)]


class Cutting(Schema):
    """By what the lowest units are cut."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    dimension: Dimension | None = Field(
        None, description="null = as it is cut already, else as the products of the plan go: flow or custom"
    )
    weights: list[SegmentWeight] | None = Field(
        None, max_length=MOST_EDITS, description="null = as the year before; a segment left out gets nothing"
    )
    look: bool = Field(False, description="true = tell the cut and write nothing")


class CutCell(Schema):
    """The year of a segment in one of the lowest units."""

    row: str = Field(description="code of its own row; empty where it is only looked at")
    unit: str = Field(description="code of the unit's row")
    unit_name: str
    segment: str = Field(description="code of the segment")
    segment_name: str
    year: Money


class ChangedCutCell(Schema):
    """The year of a segment that becomes another one."""

    row: str = Field(description="code of its own row; empty where it is only looked at")
    unit_name: str
    segment_name: str
    before: Money
    after: Money
    asked: bool = Field(description="false: it follows from what was asked for")


class CutDone(Schema):
    """How a plan was cut."""

    dimension: str
    why: str = Field(description="why this dimension, where none was said")
    written: int
    changes: list[ChangedCutCell]


class CutShown(Schema):
    """A cut of a plan as it stands."""

    dimension: str
    seen: int = Field(description="names these figures: hand it back with an edit, which others may have forestalled")
    broken: int = Field(description="lowest units that do not have what their segments make together")
    cells: list[CutCell]


class GivenCutCell(Schema):
    """The year of a segment as it shall be."""

    model_config = ConfigDict(extra="forbid")
    row: Words = Field(description="code of its own row")
    year: Money


class CutEdits(Schema):
    """Cells of a cut to set together; every unit and every segment keeps its total."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    dimension: Dimension
    edits: list[GivenCutCell] = Field(min_length=1, max_length=MOST_EDITS)
    seen: int | None = Field(None, description="of the figures that you saw; null = whatever stands")
    look: bool = Field(False, description="true = tell what changes and write nothing")


class Undoing(Schema):
    """Which change of a plan is taken back."""

    model_config = ConfigDict(extra="forbid")
    entry: str = Field(max_length=64, description="as the change was told: a split of a row tells it")


class Splitting(Schema):
    """A row to split by 80/20 into accounts, people of its unit, or products."""

    model_config = ConfigDict(extra="forbid")
    row: Words = Field(description="code of the row")
    measure: MeasureCode = "contract"
    into: Literal["customer", "owner", "product"] = Field(
        "customer", description="owner = people of a unit: the others lose their rows, one row stands for them"
    )
    period: Words = Field("", description="when members brought what they are ranked by; blank = a year before")
    look: bool = Field(False, description="true = tell the parts and write nothing")


class Part(Schema):
    """An account, person or product that gets a row of its own, or all others together."""

    customer_id: UUID | None = Field(description="null = all others together, or a split into others than accounts")
    person_id: UUID | None = Field(None, description="of a split into people")
    product_id: UUID | None = Field(None, description="of a split into products")
    name: str
    brought: Money
    year: Money


class Parts(Schema):
    """Into what a row is split; the years add up to it."""

    parts: list[Part]
    left_out: Money = Field(
        description="brought by nobody in particular or by who is not of the unit: counts for no part"
    )
    entry: str = Field("", description="names the split for its undo; empty where nothing was written")


class Move(Schema):
    """An amount that goes from one row to another."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    giver: Words
    taker: Words
    month: Month | None = Field(None, description="null: over the whole year")
    amount: Money


class Place(Schema):
    """A row that goes under another unit, with all that is below it and every measure."""

    model_config = ConfigDict(extra="forbid")
    row: Words = Field(description="code of the row")
    under: Words = Field(description="code of the unit's row")
    measure: MeasureCode = Field("contract", description="of which the changes are told")
    write: bool = Field(True, description="false: only tell what would change")


class GivenTerms(Schema):
    """Terms of a row: of its whole year, or of a month; what is left out stays, null takes it away."""

    model_config = ConfigDict(extra="forbid")
    row: Words
    month: Month | None = None
    weight: Annotated[StrictInt, Field(ge=0, le=10**9)] | None = None
    pinned: bool | None = None
    floor: Money | None = None
    cap: Money | None = None
    buffer_bp: Annotated[StrictInt, Field(ge=0, le=10_000)] | None = None
    submitted: Money | None = None
    fit_bp: Fitness | None = None
    fit_reason: Words | None = None


class GivenFit(Schema):
    """What the weight of a row is multiplied by, and why."""

    model_config = ConfigDict(extra="forbid")
    row: Words
    fit_bp: Fitness
    reason: Words = Field("", description="required further from 100% than plan.fit_without_reason_bp")


class Weighing(Schema):
    """What the rows of a plan are to be weighed by."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    counts: dict[str, Annotated[StrictInt, Field(ge=0, le=100)]] | None = Field(
        None,
        description="percent by code of a factor, together 100; left out = 0; null = as chosen before, else by rules",
    )
    fits: list[GivenFit] = Field([], max_length=MOST_EDITS)


class GivenShare(Schema):
    """The share of a row."""

    model_config = ConfigDict(extra="forbid")
    row: Words
    share_bp: Annotated[StrictInt, Field(ge=0, le=BP_PER_WHOLE)]


class Shares(Schema):
    """Shares of the rows directly below one, together 10,000; the rows that are left over are named."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    under: Words = Field("", description="code of the row above; blank = the topmost")
    shares: list[GivenShare] = Field(min_length=1, max_length=MOST_EDITS)


class Terms(Schema):
    """Terms to set together."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"
    terms: list[GivenTerms] = Field(min_length=1, max_length=MOST_EDITS)


class ChangedCell(Schema):
    """A cell that becomes another one."""

    row: str
    name: str
    month: Month
    before: Money
    after: Money
    asked: bool = Field(description="false: it follows from what was asked for")


class Effects(Schema):
    """What changes, and whether every sum holds."""

    changes: list[ChangedCell]
    written: int


Light = Annotated[str, Field(description="there, partly, none or unknown")]


class RowLights(Schema):
    """Can a row be carried out: are actions planned, reviews held, resources assigned."""

    actions: Light
    reviews: Light = Field(description="unknown: meetings are not recorded yet, which is neither yes nor no")
    resources: Light


class SheetRow(Schema):
    """A row of a plan with its months."""

    row: str
    name: str
    kind: str
    depth: int
    year: Money
    months: list[Money | None]
    pinned: list[Month]
    lights: RowLights | None = Field(None, description="null where they were not asked for, or the row has none")


class PlanSheet(Schema):
    """One measure of a plan as the caller sees it."""

    first_month: Month
    measure: str
    checked: int = Field(description="sums that were added up anew")
    broken: int
    rows: list[SheetRow]


class MonthPart(Schema):
    """What a month counted."""

    month: Month
    share_bp: int
    uplift_bp: int


class WrittenBreakdown(Schema):
    """How many cells were written, and what the months followed."""

    written: int
    months_by: str
    told: list[str] = Field(description="what a reader should know, such as why there is no season")
    months: list[MonthPart] = Field(description="the months that were open")


class WrittenCells(Schema):
    """How many cells were written."""

    written: int
