"""Import rules that import-linter cannot say."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.arch.repository import PACKAGE, ROOT, modules, shown

CORE_MAY_IMPORT = {"dacheng", "numpy", "scipy"} | sys.stdlib_module_names
IMPURE = {
    "asyncio", "ftplib", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil",
    "signal", "smtplib", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip


LOADED_BY_NAME = {"django-axes", "django-csp", "psycopg", "tzdata", "whitenoise"}
"""Dependencies that no module imports: Django, zoneinfo and the settings load them by name."""


def imported(tree: ast.Module) -> set[str]:
    """Return the full names of the modules that a module imports, at any depth of nesting."""
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def test_the_core_imports_only_numpy_and_the_pure_part_of_the_standard_library():
    offences = [
        f"{shown(path)} imports {name}"
        for path, tree in modules().items()
        if path.is_relative_to(PACKAGE / "core")
        for name in imported(tree)
        if (top := name.split(".")[0]) not in CORE_MAY_IMPORT or top in IMPURE
    ]

    assert offences == []


def test_only_the_store_imports_its_models():
    offences = [
        f"{shown(path)} imports {name}"
        for path, tree in modules().items()
        if not path.is_relative_to(PACKAGE / "store")
        for name in imported(tree)
        if name.startswith("dacheng.store.models")
    ]

    assert offences == []


def test_models_are_looked_up_by_name_only_in_migrations():
    offences = [
        f"{shown(path)}:{node.lineno}"
        for path, tree in modules().items()
        if "migrations" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "get_model"
    ]

    assert offences == []


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in modules()}

    # Without it import-linter does not see the modules and their imports go unchecked.
    assert sorted(shown(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_every_dependency_is_used():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[^\w-]", one, maxsplit=1)[0].lower() for one in declared}
    tops = {name.split(".")[0] for tree in modules().values() for name in imported(tree)}
    used = {one.lower() for top in tops for one in packages_distributions().get(top, ())}

    assert names - used == LOADED_BY_NAME
