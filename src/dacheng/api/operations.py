"""How an operation is declared and answered: its right, its refusals, its effect once per key.

Every operation is registered through ``operation``, so that none can lack its refusals,
its place in the matrix of rights (``x-action``), or the meaning of ``Idempotency-Key``.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Literal, get_type_hints

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from dacheng.api.asking import Call, Caller
from dacheng.api.problems import SCHEMAS, FieldsRefused
from dacheng.core.access import POLICY, classes_seen
from dacheng.core.errors import Conflict, Text
from dacheng.service.wire import sent_columns
from dacheng.store.actions.idempotency import Answered, answered_before, answered_once

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
View = Callable[..., Any]

SEEN = "see"
"""Right of an operation that shows what the caller sees: everybody may, the scope decides what."""

OWN = "own"
"""Right of an operation on what is the caller's own."""

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
READ_AT_ONCE = 2**16
PLACES = re.compile(r"{(?:\w+:)?(\w+)}")
"""Names in a path: ``/deals/{uuid:uid}``."""

UNKNOWN_PARAMETER = Text("没有这个参数；有：{known}。", "There is no such parameter; there are: {known}.")


def operation(
    router: Router,
    method: Method,
    path: str,
    answer: type[Schema],
    title: Text,
    *,
    right: str,
    body: type[Schema] | None = None,
    status: int = 200,
    prepares: bool = False,
    secrets: tuple[str, ...] = (),
    name: str = "",
    open_query: bool = False,
    **extra: Any,
) -> Callable[[View], View]:
    """Register a view as an operation; its function's name is its operation id.

    Args:
        right: an action of the policy, ``see`` or ``own``.
        body: the schema of the view's ``body``.
        prepares: the view does slow work that writes nothing and returns the act to be done
            once; other writing views act themselves.
        secrets: fields of the answer that are shown once and never kept.
        open_query: the view itself refuses unknown query parameters.
        extra: further parts of the OpenAPI operation.
    """
    assert right in POLICY or right in (SEEN, OWN), right

    def register(view: View) -> View:
        view.__name__ = name or view.__name__
        view.__annotations__ = get_type_hints(view, include_extras=True)
        if body is not None:
            view.__annotations__["body"] = body
        known = set(inspect.signature(view).parameters) - {"request", "body", *PLACES.findall(path)}
        answering = _answering(view, method, status, prepares, secrets, None if open_query else known)
        declared = {status: answer, **SCHEMAS}
        document = {"x-action": right, **extra}
        router.api_operation(
            [method],
            path,
            response=declared,
            operation_id=view.__name__,
            url_name=f"{view.__name__}-{method}",
            summary=f"{title.zh} · {title.en}",
            description=inspect.cleandoc(view.__doc__ or ""),
            openapi_extra=document,
        )(answering)
        return view

    return register


@contextmanager
def telling_conflicts(relation: str, caller: Caller) -> Iterator[None]:
    """Let a conflict on a record of a relation tell its values as they stand outside.

    Columns of a class that the caller does not see are left out.
    """
    seen = classes_seen(caller.viewer)
    try:
        yield
    except Conflict as conflict:
        raise Conflict(
            conflict.message,
            conflict.remedy,
            yours=sent_columns(relation, conflict.yours, seen),
            theirs=sent_columns(relation, conflict.theirs, seen),
        ) from None


def _answering(
    view: View, method: Method, status: int, prepares: bool, secrets: tuple[str, ...], known: set[str] | None
) -> View:
    """Return the view as ninja runs it: unknown parameters refused, writes answered once per key."""

    @wraps(view)
    def answering(request: HttpRequest, **values: Any) -> Any:
        if known is not None:
            _refuse_unknown(request, known)
        if method == "GET":
            return _spoken(request, view(request, **values))
        found = _kept(request) if method == "POST" else None
        if found is None:
            found = _acted(request, view, values, status, prepares, secrets)
        response = HttpResponse(found.body, status=found.status, content_type="application/json")
        if found.replayed:
            response[REPLAYED_HEADER] = "true"
        return _spoken(request, response)

    return answering


def _spoken(request: Any, answer: Any) -> Any:
    """Name the language of an answer that is a response already; ninja names that of others."""
    if isinstance(answer, HttpResponse):
        answer["Content-Language"] = request.auth.language
    return answer


def _acted(
    request: Any, view: View, values: dict[str, Any], status: int, prepares: bool, secrets: tuple[str, ...]
) -> Answered:
    """Act, once where the call has a key."""
    act = view(request, **values) if prepares else lambda: view(request, **values)

    def answer() -> Answered:
        body: Schema = act()
        kept = body.model_copy(update=dict.fromkeys(secrets)).model_dump_json() if secrets else None
        return Answered(status, body.model_dump_json(), kept)

    key = request.headers.get(KEY_HEADER) if request.method == "POST" else None
    if key is None:
        return answer()
    caller = request.auth
    return answered_once(account=caller.account, key=key, request_hash=_request_hash(request), at=caller.at, act=answer)


def _kept(request: Any) -> Answered | None:
    """Return the answer that the call's key got before, without waiting for any writer."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    caller = request.auth
    return answered_before(account=caller.account, key=key, request_hash=_request_hash(request), at=caller.at)


def _request_hash(request: HttpRequest) -> str:
    """Return the hash of everything that a call says; of a form, its fields and the content of its files."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks(READ_AT_ONCE):
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def _refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    """Refuse query parameters that the operation does not take.

    Raises:
        FieldsRefused: it names them.
    """
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        reason = UNKNOWN_PARAMETER.filled(known=", ".join(sorted(known)) or "–")
        raise FieldsRefused([("query", name, reason) for name in unknown])


__all__ = ["OWN", "SEEN", "Call", "operation", "telling_conflicts"]
