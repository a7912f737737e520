"""Addresses of plans and their grids."""

from __future__ import annotations

from django.urls import path

from dacheng.web import (
    plan_adjustments,
    plan_break_down,
    plan_cell_page,
    plan_forms,
    plan_grid_page,
    plan_import,
    plan_matrix,
    plan_moving,
    plan_pages,
    plan_parts,
    plan_weights,
    plan_workbook,
)

urlpatterns = [
    path("targets/plans/", plan_pages.plans_page, name="plans"),
    path("targets/plans/new/", plan_pages.new_plan, name="new-plan"),
    path("targets/plans/import/", plan_import.import_page, name="plan-import"),
    path("targets/plans/import/<slug:token>/", plan_import.look_page, name="plan-import-look"),
    path("targets/plans/<uuid:uid>/", plan_grid_page.grid_page, name="plan"),
    path("targets/plans/<uuid:uid>/preview/", plan_grid_page.preview_edits, name="plan-preview"),
    path("targets/plans/<uuid:uid>/cells/", plan_grid_page.cells_now, name="plan-cells"),
    path("targets/plans/<uuid:uid>/cell/", plan_cell_page.cell_page, name="plan-cell"),
    path("targets/plans/<uuid:uid>/adjustments/", plan_adjustments.register_page, name="plan-adjustments"),
    path("targets/plans/<uuid:uid>/adjustments/new/", plan_adjustments.new_adjustment, name="new-plan-adjustment"),
    path("targets/plans/<uuid:uid>/adjustments/<uuid:line>/", plan_adjustments.adjustment_page, name="plan-adjustment"),
    path("targets/plans/<uuid:uid>/copy/", plan_pages.copy_page, name="copy-plan"),
    path("targets/plans/<uuid:uid>/break-down/", plan_break_down.break_down_page, name="plan-break-down"),
    path("targets/plans/<uuid:uid>/weigh/", plan_weights.weigh_page, name="plan-weigh"),
    path("targets/plans/<uuid:uid>/shares/", plan_weights.shares_page, name="plan-shares"),
    path("targets/plans/<uuid:uid>/rows/new/", plan_forms.new_row, name="new-plan-row"),
    path("targets/plans/<uuid:uid>/cut/", plan_matrix.matrix_page, name="plan-matrix"),
    path("targets/plans/<uuid:uid>/rows/place/", plan_moving.place_page, name="plan-row-place"),
    path("targets/plans/<uuid:uid>/rows/split/", plan_parts.split_page, name="plan-row-split"),
    path("targets/plans/<uuid:uid>/move/", plan_moving.move_page, name="plan-move"),
    path("targets/plans/<uuid:uid>/workbook/", plan_workbook.workbook_page, name="plan-workbook"),
    path("targets/plans/<uuid:uid>/workbook/file/", plan_workbook.workbook_file, name="plan-workbook-file"),
    path("targets/plans/<uuid:uid>/workbook/<slug:token>/", plan_workbook.look_page, name="plan-workbook-look"),
    path("targets/plans/<uuid:uid>/undo/<slug:entry>/", plan_grid_page.undo, name="plan-undo"),
    path("targets/plans/<uuid:uid>/steps/<slug:step>/", plan_pages.step_page, name="plan-step"),
]
