"""Expected errors as HTTP answers: one map for every shell."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound, Text, Unavailable

STATUS: dict[type[DachengError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Unavailable: 503}
REFUSED = 422
RETRY_AFTER_SECONDS = "5"


def status_of(problem: DachengError) -> int:
    """Return the HTTP status of an expected error; a refused rule is 422."""
    return next((STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS), REFUSED)


def expected(problem: Exception) -> DachengError | None:
    """Return what people can act on: the error itself, or that the database is away; None for a fault of ours."""
    if isinstance(problem, (OperationalError, InterfaceError)):
        return Unavailable(
            Text("数据库暂时连不上，什么都没有写入。", "The database is away; nothing was written."),
            Text("几秒后重试。", "Try again in a few seconds."),
        )
    return problem if isinstance(problem, DachengError) else None
