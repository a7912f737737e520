"""A writer beside readers: one audited edit whenever it is asked, and sessions to read with."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from dacheng.bench.databases import rows_of
from dacheng.core.access import SYSTEM
from dacheng.store.actions.accounts import invite, redeem_link
from dacheng.store.actions.deals import edit_deal
from dacheng.store.identity import stored_uid


class Writer:
    """Edits the amount of one open deal over and over."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        sql = "SELECT uid, version FROM rec_deals WHERE state = 0 AND NOT removed ORDER BY id LIMIT 1"
        uid, self.version = rows_of("default", sql)[0]
        self.uid = stored_uid(uid)
        self.amount = 10**6

    def write(self) -> None:
        """Write one audited edit."""
        self.amount += 100
        self.at += timedelta(seconds=1)
        saved = edit_deal(
            actor=SYSTEM,
            at=self.at,
            uid=self.uid,
            values={"amount": self.amount},
            version=int(self.version),
        )
        self.version = saved.version


def session_of(person_id: int, at: datetime) -> str:
    """Return the key of a fresh session of a person."""
    account = redeem_link(at=at, secret=invite(actor=SYSTEM, at=at, person_id=person_id).secret)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "dacheng.store.signing_in.PersonBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return str(session.session_key)
