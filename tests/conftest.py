"""What every test may ask for: public data sets, a private PostgreSQL, the exhaustive variants."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.postgres"]

DJANGO_FREE = {"core", "exchange", "arch"}

# Workers take file by file in this order: a file of minutes that came last would leave the others without work.
LONGEST_FIRST = ("proofs", "browser", "store")

# A busy machine is not a defect; what one run finds, every run finds. `--full` looks at new examples each time, and at
# more of them: the same ones again and again are waited for by everybody and find nothing new.
hypothesis.settings.register_profile("every run alike", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.register_profile("new examples", deadline=None)
hypothesis.settings.load_profile("every run alike")

os.environ["DACHENG_HOME"] = str(ROOT / "var" / "tests")  # never the home of an installation on this machine
os.environ["DACHENG_SECRET_KEY"] = "known to everybody, good for tests only"
os.environ.pop("DATABASE_URL", None)
os.environ["DACHENG_ANSWERS_MB"] = "0"  # proofs change facts behind the log's back and must see what that does


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run the exhaustive variants (marked slow)")


def layer_of(argument: str) -> str:
    """Return the folder beneath tests/ that a command line argument lies in, or ""."""
    path = Path(argument.split("::")[0]).resolve()
    beneath = path.relative_to(ROOT / "tests").parts if path.is_relative_to(ROOT / "tests") else ()
    return beneath[0] if beneath else ""


def turn_of(item: pytest.Item) -> int:
    """Return the place of a test's folder in LONGEST_FIRST; the other folders come after these, as collected."""
    layer = layer_of(str(item.path))
    return LONGEST_FIRST.index(layer) if layer in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_configure(config: pytest.Config) -> None:
    """Load Django's settings (pytest-django then sets Django up), unless only Django-free layers are tested."""
    if config.getoption("--full"):
        hypothesis.settings.load_profile("new examples")
        os.environ["DACHENG_TEST_EVERYTHING"] = "1"
    if all(layer_of(argument) in DJANGO_FREE for argument in config.args):
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "dacheng.conf.settings"
    from django.conf import settings

    _ = settings.DATABASES


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the folders with the longest files first; skip what is marked slow unless `--full` is given."""
    items.sort(key=turn_of)
    if config.getoption("--full"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="exhaustive variant: run `make test-full`"))


@pytest.fixture(scope="session")
def public_set() -> Callable[[str], Path]:
    """Return a function from the name of a public data set to its folder; the test is skipped without it.

    The sets stay outside the repository: DACHENG_PUBLIC_SETS names their folder (default: shared/data beside it).
    """
    sets = Path(os.environ.get("DACHENG_PUBLIC_SETS", ROOT.parent / "shared" / "data"))

    def folder(name: str) -> Path:
        if not (sets / name).is_dir():
            pytest.skip(f"public data set {name} is not in {sets}: set DACHENG_PUBLIC_SETS to the folder that has it")
        return sets / name

    return folder


@pytest.fixture
def replicas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep columnar replicas in a folder of the test, and have one wanted."""
    from django.conf import settings

    from dacheng.service.replica_reading import close_replicas

    folder = tmp_path / "replicas"
    monkeypatch.setattr(settings, "REPLICAS", folder)
    monkeypatch.setattr(settings, "REPLICA", "on")
    close_replicas()
    yield folder
    close_replicas()
