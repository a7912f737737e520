"""The console script: choose the database, then run the command line."""

from __future__ import annotations

import os


def use_database(url: str | None) -> None:
    """Point Django at a database and set it up; call it before anything that reads data."""
    if url:
        os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dacheng.conf.settings")
    import django

    django.setup()


def main() -> None:
    """Run ``dacheng``."""
    from dacheng.cli.app import build

    build(use_database)()
