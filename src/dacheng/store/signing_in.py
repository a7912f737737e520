"""The account behind a session, with the person's name, in one query."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.db.models import OuterRef, Subquery

from dacheng.store.models import Account, Person


class PersonBackend(ModelBackend):
    """Signs people in by password and finds the account of a session; a disabled one is nobody."""

    def get_user(self, user_id: int) -> Account | None:
        """Return the account with ``person_name``; None when it is gone or disabled."""
        name = Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]
        return Account.objects.annotate(person_name=Subquery(name)).filter(pk=user_id, is_active=True).first()
