"""Where the architecture tests look: the committed files and the parsed modules of the package."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "dacheng"


@cache
def committed_files() -> tuple[Path, ...]:
    """Return the files that git tracks and that still exist; the test is skipped outside a checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: the committed files are unknown")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in names.split("\0") if name and (path := ROOT / name).is_file())


@cache
def modules() -> dict[Path, ast.Module]:
    """Return the syntax tree of every module of the package."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def text_of(path: Path) -> str:
    """Return the text of a file, "" for one that is not text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
