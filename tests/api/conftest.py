"""The small company of the store's tests, called through the API on 15 June 2026."""

from __future__ import annotations

import pytest

from dacheng.api import limiting
from tests.store.conftest import copied, opened, prepared, shared_database, sqlite_database

__all__ = ["copied", "opened", "prepared", "shared_database", "sqlite_database"]


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every call come on 15 June 2026, and nobody have called yet in this minute."""
    from tests.store.company import AT

    monkeypatch.setattr("dacheng.api.signing.now", lambda: AT)
    monkeypatch.setattr(limiting, "WINDOWS", limiting.Windows())
