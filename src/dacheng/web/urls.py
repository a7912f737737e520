"""Addresses of the pages; what one may not see answers as what does not exist."""

from __future__ import annotations

from django.urls import path, register_converter

from dacheng.web import (
    board,
    cockpit,
    contacts,
    contracts,
    customers,
    deal_bulk,
    deal_paste,
    deal_steps,
    deals,
    import_choosing,
    import_looking,
    import_readings,
    imports,
    job_page,
    jobs,
    key_people,
    merging,
    organisation_urls,
    own_changes,
    plan_urls,
    reports,
    saved_mappings,
    setting_urls,
    signing_in,
    splits,
    target_history,
    targets_grid,
    undoing,
    view_pages,
)


class ReportName:
    """``area/noun``."""

    regex = "[a-z_]+/[a-z_]+"

    def to_python(self, value: str) -> str:
        """Return the name as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return the name as it is."""
        return value


register_converter(ReportName, "report")
app_name = "web"
urlpatterns = [
    path("", cockpit.cockpit_page, name="cockpit"),
    path("cockpit/changes/", cockpit.changes_page, name="cockpit-changes"),
    path("tables/", reports.section, {"name": "tables/pipeline"}, name="tables"),
    path("targets/", reports.section, {"name": "targets/attainment"}, name="targets"),
    path("targets/grid/", targets_grid.grid_page, name="targets-grid"),
    path("targets/grid/history/", target_history.cell_history, name="targets-history"),
    path("targets/saves/", target_history.saves_page, name="targets-saves"),
    path("targets/saves/<slug:entry>/", target_history.save_page, name="targets-save"),
    path("targets/saves/<slug:entry>/undo/", target_history.undo, name="targets-undo"),
    *plan_urls.urlpatterns,
    path("deals/", reports.section, {"name": "deals/list"}, name="deals"),
    path("customers/", reports.section, {"name": "customers/accounts"}, name="customers"),
    path("customers/<uuid:uid>/", customers.customer_page, name="customer"),
    path("customers/<uuid:uid>/contacts/new/", contacts.new_contact, name="new-contact"),
    path("customers/<uuid:uid>/contacts/export.xlsx", contacts.export_file, name="contacts-file"),
    path("customers/<uuid:uid>/value/<slug:name>/", customers.customer_field, name="customer-field"),
    path("customers/<str:code>/", customers.by_code, name="customer-by-code"),
    path("contacts/<uuid:uid>/", contacts.contact_page, name="contact"),
    path("contacts/<uuid:uid>/leave/", contacts.leave, name="contact-leave"),
    path("contacts/<uuid:uid>/value/<slug:name>/", contacts.contact_field, name="contact-field"),
    path("reports/<report:name>/", reports.report_page, name="report"),
    path("reports/<report:name>/how/", reports.how_page, name="how"),
    path("reports/<report:name>/export.<str:kind>", reports.export_file, name="export"),
    path("reports/<report:name>/export.<str:kind>/background/", jobs.export_in_background, name="export-job"),
    path("jobs/", jobs.jobs_page, name="jobs"),
    path("jobs/all/", jobs.every_job_page, name="every-job"),
    path("jobs/<uuid:uid>/", job_page.job_page, name="job"),
    path("jobs/<uuid:uid>/file", jobs.result_file, name="job-file"),
    path("jobs/<uuid:uid>/cancel/", jobs.cancel, name="job-cancel"),
    path("deals/board/", board.board_page, name="board"),
    path("deals/board/stages/<uuid:uid>/", board.more_cards, name="board-cards"),
    path("deals/board/move/<uuid:uid>/", board.move_card, name="board-move"),
    path("deals/bulk/looked/<uuid:uid>/", deal_bulk.looked_page, name="deal-bulk-looked"),
    path("deals/bulk/", deal_bulk.bulk_page, name="deal-bulk"),
    path("deals/paste/", deal_paste.paste_page, name="deal-paste"),
    path("deals/paste/looked/<uuid:uid>/", deal_paste.looked_page, name="deal-paste-looked"),
    path("deals/new/", deals.new_deal, name="new-deal"),
    path("deals/<uuid:uid>/", deals.deal_page, name="deal"),
    path("deals/<uuid:uid>/move/", deal_steps.move, name="deal-move"),
    path("deals/<uuid:uid>/hand-over/", deal_steps.hand_over, name="deal-hand-over"),
    path("deals/<uuid:uid>/won/", deal_steps.close, {"outcome": "won"}, name="deal-won"),
    path("deals/<uuid:uid>/key-people/<uuid:contact>/", key_people.key_person, name="deal-key-person"),
    path("deals/<uuid:uid>/split/", splits.split_page, name="deal-split"),
    path("deals/<uuid:uid>/split/figures/", splits.split_figures, name="deal-split-figures"),
    path("deals/<uuid:uid>/verify/", deal_steps.verify, name="deal-verify"),
    path("deals/<uuid:uid>/lost/", deal_steps.close, {"outcome": "lost"}, name="deal-lost"),
    path("duplicates/deals/", merging.duplicates_page, {"relation": "deals"}, name="duplicate-deals"),
    path("duplicates/customers/", merging.duplicates_page, {"relation": "customers"}, name="duplicate-customers"),
    path("merge/<slug:relation>/<uuid:uid>/", merging.merge_page, name="merge"),
    path("contracts/new/", contracts.new_contract, name="new-contract"),
    path("contracts/<uuid:uid>/", contracts.contract_page, name="contract"),
    path("contracts/<uuid:uid>/edit/", contracts.edit_page, name="contract-edit"),
    path("imports/", imports.imports_page, name="imports"),
    path("imports/templates/<slug:relation>.xlsx", imports.template_file, name="import-template"),
    path("imports/batches/<uuid:uid>/", imports.batch_page, name="import-batch"),
    path("imports/batches/<uuid:uid>/undo/", imports.undo_batch, name="import-undo"),
    path("imports/files/<slug:token>/", import_looking.look_page, name="import-look"),
    path("imports/files/<slug:token>/read/", import_looking.read_files, name="import-read"),
    path("imports/files/<slug:token>/commit/", import_looking.commit_files, name="import-commit"),
    path("imports/files/<slug:token>/spelling/", import_looking.confirm_spelling, name="import-spelling"),
    path("imports/files/<slug:token>/drop/", import_looking.drop_files, name="import-drop"),
    path("imports/files/<slug:token>/refused.xlsx", import_looking.refused_file, name="import-refused"),
    path("imports/files/<slug:token>/columns/", import_choosing.choose_page, name="import-choose"),
    path("imports/files/<slug:token>/read-by/", import_choosing.read_by, name="import-read-by"),
    path("imports/files/<slug:token>/reread/", import_readings.correct_columns, name="import-reread"),
    path("imports/files/<slug:token>/save/", import_choosing.save_mapping, name="import-save"),
    path("imports/mappings/<str:name>/", saved_mappings.mapping_page, name="import-mapping"),
    path("imports/mappings/<str:name>/drop/", saved_mappings.drop_mapping, name="import-mapping-drop"),
    path("imports/mappings/<str:name>/versions/<int:number>/back/", saved_mappings.go_back, name="import-mapping-back"),
    path("views/", view_pages.views_page, name="views"),
    path("views/order/", view_pages.order, name="order-views"),
    path("views/new/", view_pages.new_page, name="new-view"),
    path("views/<uuid:uid>/", view_pages.open_view, name="view"),
    path("views/<uuid:uid>/edit/", view_pages.edit_page, name="edit-view"),
    path("views/<uuid:uid>/pin/", view_pages.pin, name="pin-view"),
    path("views/<uuid:uid>/restore/", view_pages.restore, name="restore-view"),
    path("views/<uuid:uid>/delete/", view_pages.delete, name="delete-view"),
    path("changes/", own_changes.changes_page, name="own-changes"),
    path("undo/<slug:entry>/", undoing.undo, name="undo"),
    path("deals/<uuid:uid>/<slug:name>/", deals.deal_field, name="deal-field"),
    *organisation_urls.urlpatterns,
    *setting_urls.urlpatterns,
    path("sign-in/", signing_in.sign_in_page, name="sign-in"),
    path("sign-in/<str:token>/", signing_in.link_page, name="sign-in-link"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("preferences/", signing_in.preferences, name="preferences"),
]
