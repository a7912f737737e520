"""Turn a database URL into Django's settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from dacheng.core.errors import RuleError, Text

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-8192;"


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of ``sqlite:///path`` or ``postgres://user:pass@host:port/name``.

    Raises:
        RuleError: the scheme is neither.
    """
    if url.startswith("sqlite:///"):
        return _sqlite(url.removeprefix("sqlite:///"))
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise RuleError(
            Text(f"不认识的数据库地址：{url}。", f"Unknown database address: {url}."),
            Text(
                "用 sqlite:///文件 或 postgres://用户:密码@主机/库。",
                "Use sqlite:///file or postgres://user:pass@host/db.",
            ),
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    } | _options(parts.query)


def _options(query: str) -> dict[str, Any]:
    """Return host given as ``?host=/socket/folder``."""
    pairs = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
    return {"HOST": unquote(pairs["host"])} if "host" in pairs else {}


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }
