"""The company of an empty database: loaded whole."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.company import Company
from dacheng.store.access import require
from dacheng.store.history import writing
from dacheng.store.loading import load_company


def install_company(*, actor: Viewer, at: datetime, company: Company, demo: bool = False) -> dict[str, int]:
    """Load a whole company into an empty database; return relation -> how many records.

    Raises:
        NotAllowed: the actor is no administrator. RuleError: it holds a company already.
    """
    with writing(actor, at, "company.loaded", name=company.name) as entry:
        require(entry, "company.found")
        return load_company(entry, company, demo=demo)
