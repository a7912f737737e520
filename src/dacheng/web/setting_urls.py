"""Addresses of the settings, of search and of the explanation of rights."""

from __future__ import annotations

from django.urls import path

from dacheng.web import (
    account_pages,
    calendar_page,
    category_pages,
    checklist_template_pages,
    first_steps,
    frozen_pages,
    glossary_page,
    log_pages,
    period_pages,
    product_pages,
    replica_page,
    rule_pages,
    search_page,
    setting_pages,
    stage_pages,
    why_page,
)

urlpatterns = [
    path("search/", search_page.search_page, name="search"),
    path("first-steps/", first_steps.first_steps_page, name="first-steps"),
    path("first-steps/show/", first_steps.show_first_steps, name="show-first-steps"),
    path("glossary/", glossary_page.glossary_page, name="glossary"),
    path("glossary/terms.<slug:language>.json", glossary_page.terms_file, name="terms"),
    path("why/", why_page.why_page, name="why"),
    path("settings/log/", log_pages.log_page, name="log"),
    path("settings/log/verify/", log_pages.verify_page, name="verify-log"),
    path("settings/log/<slug:entry>/", log_pages.entry_page, name="log-entry"),
    path("settings/", setting_pages.settings_page, name="settings"),
    path("settings/account/", account_pages.account_page, name="account"),
    path("settings/account/password/", account_pages.password_page, name="password"),
    path("settings/account/tokens/", account_pages.new_token, name="new-token"),
    path("settings/account/tokens/<uuid:uid>/revoke/", account_pages.revoke, name="revoke-token"),
    path("settings/calendar/", calendar_page.calendar_page, name="calendar"),
    path("settings/calendar/<int:year>/fill/", calendar_page.fill, name="calendar-fill"),
    path("settings/rules/", rule_pages.rules_page, name="rules"),
    path("settings/rules/<str:name>/", rule_pages.rule_page, name="rule"),
    path("settings/replica/", replica_page.replica_page, name="replica"),
    path("settings/stages/", stage_pages.stages_page, name="stages"),
    path("settings/stages/new/", stage_pages.new_stage, name="new-stage"),
    path("settings/stages/new-set/", stage_pages.new_stage_set, name="new-stage-set"),
    path("settings/stages/<uuid:uid>/", stage_pages.stage_page, name="stage"),
    *category_pages.LOSS_PAGES.urls,
    *category_pages.EXPENSE_PAGES.urls,
    path("settings/checklist-templates/", checklist_template_pages.templates_page, name="checklist-templates"),
    path(
        "settings/checklist-templates/new/", checklist_template_pages.new_template_item, name="new-checklist-template"
    ),
    path(
        "settings/checklist-templates/<uuid:uid>/",
        checklist_template_pages.template_item_page,
        name="checklist-template",
    ),
    path("settings/products/", product_pages.products_page, name="products"),
    path("settings/products/new/", product_pages.new_product, name="new-product"),
    path("settings/products/<uuid:uid>/", product_pages.product_page, name="product"),
    path("settings/periods/", period_pages.periods_page, name="periods"),
    path("settings/frozen/", frozen_pages.frozen_page, name="frozen"),
    path("settings/frozen/new/", frozen_pages.freeze, name="freeze"),
    path("settings/frozen/live.<str:kind>", frozen_pages.live_pack_file, name="live-pack"),
    path("settings/frozen/<str:name>/four-tables.<str:kind>", frozen_pages.frozen_pack_file, name="frozen-pack"),
    path("settings/periods/close/", period_pages.close, name="close-period"),
    path("settings/periods/reopen/", period_pages.reopen, name="reopen-period"),
]
