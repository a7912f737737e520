"""The API under /api/v1: what the pages show and do, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from dacheng.api import (
    activity,
    annual_plans,
    budgets,
    cash,
    catalogue,
    checklists,
    contacts,
    contracts,
    deal_edits,
    deals,
    dunning,
    engagements,
    estimates,
    expenses,
    finding,
    freezing,
    import_mappings,
    imports,
    inventory,
    job_orders,
    jobs,
    key_people,
    log,
    me,
    merging,
    organisation,
    plan_adjustments,
    plan_cuts,
    plan_imports,
    plan_letters,
    plan_talks,
    plan_workbook,
    plans,
    projects,
    replica,
    reports,
    rights,
    settings,
    splits,
    strategy,
    targets,
    tokens,
    transfers,
    views,
)
from dacheng.api.document import completed
from dacheng.api.problems import add_handlers
from dacheng.api.signing import BearerToken, SignedIn

ABOUT = """达成的 API：与页面同一套报表、记录和操作，同样的权限。
The same reports, records and actions as on the pages, with the same rights.

- 令牌 · Token: `Authorization: Bearer …`; scopes `read`, `write`.
- 金额是十进制文本，单位元 · Amounts are decimal text in major units; days are ISO; missing is null, never 0.
- 修改要带看到的 `version`，过期答 409 并给出两个值 · An edit carries the `version` you saw; a stale one answers 409 with both values.
- 每个 POST 都可带 `Idempotency-Key` · Every POST takes an `Idempotency-Key`.
"""  # noqa: E501 - one item is one line of Markdown


class PlainRenderer(JSONRenderer):
    """JSON with Chinese as it is."""

    json_dumps_params = {"ensure_ascii": False}


class Api(NinjaAPI):
    """The API with its own document, and the language of each answer."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """Return the OpenAPI document."""
        document = super().get_openapi_schema(**where)
        completed(document)
        return document

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """Return the response that a view's answer is put into."""
        response = super().create_temporal_response(request)
        response["Content-Language"] = request.auth.language
        return response


api = Api(
    title="达成 Dacheng",
    version="1",
    description=ABOUT,
    urls_namespace="api",
    docs_url=None,
    renderer=PlainRenderer(),
    auth=[BearerToken(), SignedIn()],
)
add_handlers(api)
for module in (
    me, reports, finding, deal_edits, merging, deals, splits, key_people, strategy, checklists, contracts, cash,
    dunning, projects, contacts, catalogue, targets, plans, plan_cuts, plan_imports, plan_talks, plan_letters,
    plan_workbook, plan_adjustments, estimates, inventory, budgets, expenses, organisation, engagements, transfers,
    rights, settings, imports, import_mappings, jobs, job_orders, replica, log, tokens, views, activity, freezing,
    annual_plans,
):  # fmt: skip
    api.add_router("", module.router)
