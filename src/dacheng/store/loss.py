"""What a lost deal must say (丢单类别), and who may say what a review found (R117)."""

from __future__ import annotations

from dacheng.core.deals.schema import LOST
from dacheng.core.errors import RuleError, Text
from dacheng.store.access import Rights
from dacheng.store.bulk import select_rows
from dacheng.store.standing import Columns, Standing


def check_loss(rights: Rights, deal: Standing | None, columns: Columns) -> None:
    """Refuse a loss without a category, and a verified one by somebody who does not review it.

    A deal that was lost before may be edited without one, as imports bring them; a company
    that keeps no categories is not asked for one.

    Args:
        deal: as it stands; None for a new one.
        columns: what is written.

    Raises:
        NotAllowed: the actor does not review losses. RuleError: the category is missing, or a
            new deal has a verified one.
    """
    before = deal.row if deal is not None else {}
    if columns.get("verified_reason_id", before.get("verified_reason_id")) != before.get("verified_reason_id"):
        _check_reviewer(rights, deal)
    stage = columns.get("stage_id")
    if stage and stage != before.get("stage_id") and _lost(stage):
        _check_category(columns.get("loss_reason_id", before.get("loss_reason_id")))


def _check_reviewer(rights: Rights, deal: Standing | None) -> None:
    if deal is None:
        raise RuleError(
            Text("新建商机不能带核实类别。", "A new opportunity cannot have a verified category of loss."),
            Text("丢单后由主管核实。", "A manager verifies it once it is lost."),
        )
    rights.require_on("deal.verify_loss", "deals", deal)


def _check_category(category: int | None) -> None:
    if not category and select_rows("rec_loss_reasons", ["id"], [("NOT removed", None)], order=("id LIMIT 1",)):
        raise RuleError(
            Text("丢单没有选类别。", "A lost opportunity has no category of loss."),
            Text("请选一个丢单类别，再关闭。", "Choose a category of loss, then close it."),
        )


def _lost(stage: int) -> bool:
    return bool(select_rows("rec_stages", ["id"], [("id = %s", stage), ("state = %s", LOST)]))
