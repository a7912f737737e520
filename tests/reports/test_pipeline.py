"""The pipeline table on small companies: what a row says, what is summed, what is left out."""

from __future__ import annotations

from dacheng.core.tables.pipeline import pipeline
from tests.reports.company import Company


def test_an_open_deal_is_one_row_with_its_weighted_amount():
    company = Company(deals=[("D1", "2026-01-05", {"stage": "proposal", "amount": 100.01, "expected": "2026-03-01"})])

    table = pipeline(company.book("2026-01-15"))

    assert company.read(
        table, "deal_id", "stage_id", "stage_days", "amount", "stage_ratio", "win_ratio", "weighted"
    ) == [("D1", "proposal", 10, 100.01, 0.5, None, 50.01)]
    assert table.totals["weighted"] == 5001
