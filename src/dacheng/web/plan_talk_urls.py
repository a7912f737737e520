"""Addresses of what is said of targets in plans."""

from __future__ import annotations

from django.urls import path

from dacheng.web import plan_letters, plan_talks

_ROW = "targets/plans/<uuid:uid>/rows/<uuid:row>/"

urlpatterns = [
    path("targets/mine/", plan_talks.my_targets, name="my-targets"),
    path("targets/plans/<uuid:uid>/letters.<str:kind>.zip", plan_letters.letters_file, name="plan-letters"),
    path(f"{_ROW}letter/", plan_letters.letter_page, name="plan-letter"),
    path(f"{_ROW}letter.<str:kind>", plan_letters.letter_file, name="plan-letter-file"),
    path("targets/plans/<uuid:uid>/agreement/", plan_talks.agreement_page, name="plan-agreement"),
    path(_ROW, plan_talks.talk_page, name="plan-talk"),
]
