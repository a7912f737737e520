"""Addresses of the organisation, its people and their rights."""

from __future__ import annotations

from django.urls import path

from dacheng.web import (
    engagements,
    joining,
    organisation,
    orphans,
    people,
    person_changes,
    rights_page,
    transferring,
    tree_page,
    unit_changes,
)

urlpatterns = [
    path("settings/organisation/", tree_page.organisation_page, name="organisation"),
    path("settings/organisation/orphans/", orphans.orphans_page, name="orphans"),
    path("settings/organisation/rights/", rights_page.rights_page, name="rights"),
    path("settings/organisation/units/new/", unit_changes.new_unit, name="new-unit"),
    path("settings/organisation/units/<uuid:uid>/", organisation.unit_page, name="unit"),
    path("settings/organisation/units/<uuid:uid>/move/", unit_changes.move, name="move-unit"),
    path("settings/organisation/units/<uuid:uid>/manager/", unit_changes.acting_manager, name="acting-manager"),
    path("settings/organisation/units/<uuid:uid>/close/", unit_changes.close, name="close-unit"),
    path("settings/organisation/units/<uuid:uid>/value/<slug:name>/", organisation.unit_field, name="unit-field"),
    path("settings/people/", people.people_page, name="people"),
    path("settings/people/new/", joining.new_person, name="new-person"),
    path("settings/people/<uuid:uid>/", people.person_page, name="person"),
    path("settings/people/<uuid:uid>/move/", transferring.move, name="move-person"),
    path("settings/people/<uuid:uid>/undo/<slug:entry>/", transferring.undo, name="undo-transfer"),
    path("settings/people/<uuid:uid>/leave/", transferring.leave, name="leave"),
    path("settings/people/<uuid:uid>/share/", engagements.working_share, name="working-share"),
    path("settings/people/<uuid:uid>/engagements/new/", engagements.start_engagement, name="start-engagement"),
    path("settings/people/<uuid:uid>/engagements/end/", engagements.end_engagement, name="end-engagement"),
    path("settings/people/<uuid:uid>/roles/new/", person_changes.grant_role, name="grant-role"),
    path("settings/people/<uuid:uid>/roles/end/", person_changes.end_role, name="end-role"),
    path("settings/people/<uuid:uid>/grants/new/", person_changes.give_grant, name="give-grant"),
    path("settings/people/<uuid:uid>/grants/end/", person_changes.end_grant, name="end-grant"),
    path("settings/people/<uuid:uid>/invite/", person_changes.invite, name="invite"),
    path("settings/people/<uuid:uid>/account/", person_changes.able_account, name="able-account"),
    path("settings/people/<uuid:uid>/value/<slug:name>/", people.person_field, name="person-field"),
]
