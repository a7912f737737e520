"""Sizes and names: what a newcomer can hold in the head, and words that say something."""

from __future__ import annotations

import ast
import re

from tests.arch.repository import PACKAGE, ROOT, modules, shown

LONGEST_FUNCTION = 60
LONGEST_FILE = 600
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "manager", "processor", "data", "info", "tmp", "misc", "common"}


def test_no_function_is_longer_than_60_lines():
    too_long = [
        f"{shown(path)}:{node.lineno} {node.name}: {length} lines"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert too_long == []


def test_no_file_is_longer_than_600_lines():
    written = [path for path in PACKAGE.rglob("*") if not {"dist", "migrations"} & set(path.parts)]
    sources = [path for path in written if path.suffix in {".py", ".js", ".css", ".html"}]

    too_long = [shown(path) for path in sources if path.read_text("utf-8").count("\n") > LONGEST_FILE]

    assert too_long == []


def test_no_module_has_a_name_that_says_nothing():
    names = [path for path in PACKAGE.rglob("*") if path.is_dir() or path.suffix == ".py"]

    assert [shown(path) for path in names if set(re.split(r"[_.]", path.stem)) & EMPTY_WORDS] == []


def test_test_files_have_unique_names():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]

    assert sorted({name for name in names if names.count(name) > 1}) == []
