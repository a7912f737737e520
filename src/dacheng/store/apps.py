"""The one Django app that knows the database."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Records, facts and the log."""

    name = "dacheng.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
