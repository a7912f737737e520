"""Background jobs that write: an import, a step on many opportunities; done once, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.deal_edits import RowEdit, RowScale
from dacheng.api.deals import NewDeal
from dacheng.api.fields import Dated, many
from dacheng.api.imports import confirmed_spellings
from dacheng.api.jobs import Job, told
from dacheng.api.operations import operation
from dacheng.core.access import not_allowed
from dacheng.core.errors import Text
from dacheng.service.deal_edits import MOST_ROWS, DealRow, may_edit_many
from dacheng.service.edit_jobs import ask_edit
from dacheng.service.import_jobs import ask_commit
from dacheng.service.imports import require_importing
from dacheng.service.jobs import own_job
from dacheng.service.uploads import Brought, keep

router = Router(tags=["jobs"])

WITHOUT_ASKING, NONE_LEFT_OUT = -1, 0


class ImportOrder(Schema):
    """How the files of a background import are read."""

    model_config = ConfigDict(extra="forbid")
    mapping: str = Field("", description="name of a mapping that ships or was saved, or the YAML text of one")
    aliases: str = Field("", description='confirmed spellings as JSON: {"product": {"GTXPro": "GTX Pro"}}')
    skip_refused: bool = Field(False, description="commit the sound rows; the others become the file of the job")


class LargeStep(Dated):
    """Changes of many opportunities, each over the version that was seen, amounts in proportion, and new ones."""

    edits: many(RowEdit) = Field(default_factory=list, max_length=MOST_ROWS)  # type: ignore[valid-type]
    scales: list[RowScale] = Field(default_factory=list, max_length=MOST_ROWS)
    news: many(NewDeal) = Field(default_factory=list, max_length=MOST_ROWS)  # type: ignore[valid-type]

    def rows(self) -> list[DealRow]:
        """Return the rows as the action takes them: the edits, those in proportion, then the new ones."""
        edits = [DealRow(one.columns(), one.id, one.version) for one in self.edits]
        return [*edits, *(one.row() for one in self.scales), *(DealRow(one.columns()) for one in self.news)]


@operation(
    router, "POST", "/jobs/imports", Job, Text("后台导入", "Import in the background"), right="import.commit",
    status=201, prepares=True,
)  # fmt: skip
def ask_for_import(request: Call, files: File[list[UploadedFile]], form: Form[ImportOrder]) -> Callable[[], Job]:
    """Ask for files to be read and written as one batch, all or nothing; poll `/jobs/{id}` until it is done."""
    caller = request.auth
    require_importing(caller.viewer)
    spellings = confirmed_spellings(form.aliases)

    def act() -> Job:
        brought = [Brought(one.name or "", one.chunks()) for one in files]
        kept = keep(settings.UPLOADS, caller.viewer.person_id, caller.at, brought, form.mapping)
        kept = kept.explained(spellings)
        refused = WITHOUT_ASKING if form.skip_refused else NONE_LEFT_OUT
        uid = ask_commit(kept, caller.viewer, caller.at, caller.language, refused=refused)
        return told(own_job(caller.viewer, uid, caller.language), caller.language)

    return act


@operation(
    router, "POST", "/jobs/deal-edits", Job, Text("后台批量修改", "Change opportunities in the background"),
    right="deal.edit", body=LargeStep, status=201,
)  # fmt: skip
def ask_for_deal_edits(request: Call, body: LargeStep) -> Job:
    """Ask for a step on up to 10,000 opportunities, all or none; poll `/jobs/{id}` until it is done."""
    caller = request.auth
    if not may_edit_many(caller.viewer):
        raise not_allowed("deal.edit")
    uid = ask_edit(caller.viewer, caller.at, body.rows(), body.day, caller.language)
    return told(own_job(caller.viewer, uid, caller.language), caller.language)
