"""The words of every refusal under /api: problem+json (RFC 9457), in the caller's language, with the way out.

Without the schemas of the API, which are read only when it is called.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from dacheng.api.asking import language_of
from dacheng.core.errors import Text
from dacheng.service.problems import RETRY_AFTER_SECONDS

MEDIA_TYPE = "application/problem+json"
FIRST_REFUSAL = 400
TYPE = "urn:problem-type:dacheng:"

KINDS: dict[int, tuple[str, Text]] = {
    400: ("unreadable", Text("请求读不懂", "Unreadable request")),
    401: ("not-signed-in", Text("没有登录", "Not signed in")),
    403: ("not-allowed", Text("没有权限", "Not allowed")),
    404: ("not-found", Text("没有，或者看不到", "Not found")),
    405: ("no-such-method", Text("不支持这个方法", "Method not allowed")),
    409: ("conflict", Text("别人先改了", "Conflict")),
    413: ("too-large", Text("请求太大", "Too large")),
    422: ("refused", Text("被规则拒绝", "Refused by a rule")),
    429: ("too-many-calls", Text("请求太多", "Too many requests")),
    500: ("fault", Text("系统出错", "Internal fault")),
    503: ("unavailable", Text("暂时不可用", "Unavailable")),
}
"""Status -> name of the problem's type, and its title."""

SENTENCES: dict[int, tuple[Text, Text]] = {
    400: (
        Text("请求内容不是可读的 JSON 或表单。", "The body is not readable JSON or form data."),
        Text("检查 Content-Type 和内容。", "Check Content-Type and body."),
    ),
    401: (
        Text(
            "没有令牌或登录，或者令牌已过期、已撤销。", "No token or session, or the token has expired or was revoked."
        ),
        Text("带上 Authorization: Bearer 令牌。", "Send Authorization: Bearer with a token."),
    ),
    403: (Text("请求被拒绝。", "The request is refused."), Text("请先登录。", "Sign in first.")),
    404: (
        Text("没有这个地址，或者你看不到它。", "There is nothing here, or you may not see it."),
        Text("地址见 /api/v1/openapi.json。", "Addresses are listed in /api/v1/openapi.json."),
    ),
    405: (
        Text("这个地址不支持这个方法。", "This address does not take this method."),
        Text("可用的方法在 Allow 中。", "Allow names those it takes."),
    ),
    413: (Text("请求太大。", "The request is too large."), Text("分几次发送。", "Send it in parts.")),
    500: (
        Text("服务器出错，什么都没有写入。", "The server failed; nothing was written."),
        Text("请重试；仍然出错请告诉管理员。", "Try again, and tell an administrator if it fails again."),
    ),
}
"""Status -> what happened and the way out, where the error itself has no words."""


def problem_response(request: HttpRequest, status: int, message: Text, remedy: Text, **more: Any) -> HttpResponse:
    """Return a refusal as problem+json."""
    language = caller_language(request)
    name, title = KINDS.get(status, ("refused", Text(_phrase(status), _phrase(status))))
    body = {
        "type": TYPE + name,
        "title": title.in_language(language),
        "status": status,
        "detail": message.in_language(language),
        "remedy": remedy.in_language(language),
        **more,
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    response["Content-Language"] = language
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def status_response(request: HttpRequest, status: int) -> HttpResponse:
    """Return the refusal of a status that came without words of its own."""
    phrase = Text(_phrase(status), _phrase(status))
    return problem_response(request, status, *SENTENCES.get(status, (phrase, Text("", ""))))


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for an address under the API that does not exist."""
    return status_response(request, HTTPStatus.NOT_FOUND)


def caller_language(request: HttpRequest) -> str:
    """Return the caller's language; before he is known, what the request accepts."""
    caller = getattr(request, "auth", None)
    return str(caller.language) if caller else language_of(request)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
