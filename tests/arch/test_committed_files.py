"""What must not stand in a committed file."""

from __future__ import annotations

import re
from pathlib import Path

from tests.arch.repository import ROOT, committed_files, shown, text_of

REGISTRY = re.compile(
    r"registry\.npm|npmmirror\.|files\.pythonhosted|pypi\.org|mirrors?\.aliyun|pypi\.tuna|index-url[ =]+\w+://"
)
READER_FACING = ("src/", "docs/", "README", "CONTRIBUTING", "GLOSSARY", "changes/", "scripts/", "Makefile")
OUTSIDE = re.compile(r"\.\./shared|/work/|/home/\w+/|/tmp/bash_jobs")


def test_no_committed_file_names_a_package_registry():
    others = [path for path in committed_files() if path != Path(__file__)]

    assert [shown(path) for path in others if REGISTRY.search(text_of(path))] == []


def test_the_package_lock_says_nothing_of_where_a_package_came_from():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_every_locked_python_package_has_hashes():
    for lock in ROOT.glob("requirements*.lock"):
        pins = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", lock.read_text(), flags=re.M))
        assert [pin.split(" ")[0] for pin in pins if pin and "--hash=sha256:" not in pin] == [], lock.name


def test_the_product_does_not_mention_places_outside_its_repository():
    readable = [path for path in committed_files() if shown(path).startswith(READER_FACING)]

    assert [shown(path) for path in readable if OUTSIDE.search(text_of(path))] == []


def test_no_committed_file_is_generated():
    generated = re.compile(r"\.(mo|pyc|sqlite3|whl)$|(^|/)(node_modules|__pycache__|dist)/")

    assert [shown(path) for path in committed_files() if generated.search(shown(path))] == []
