"""A terminal: commands run on an empty database of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from tests.store.switching import using

Run = Callable[..., Result]


@pytest.fixture
def terminal(tmp_path, django_db_blocker, monkeypatch) -> Iterator[Callable[..., Run]]:
    """Return a function that takes modules of commands and returns what runs a line of words."""
    from dacheng.service.setting_up import migrate  # models can be imported once Django is set up
    from tests.service.databases import url_of

    monkeypatch.setenv("DACHENG_LANGUAGE", "en")

    def commands(*modules: ModuleType) -> Run:
        app = typer.Typer()
        app.command("other")(lambda: None)  # a command alone would go without its name
        for module in modules:
            module.register(app, lambda url: None)
        return lambda *words, typed=None: CliRunner().invoke(app, [str(word) for word in words], input=typed)

    with django_db_blocker.unblock(), using(url_of(tmp_path / "own.sqlite3")):
        migrate()
        yield commands
