"""The tools that guard the architecture run as tests, so one closing line speaks for all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [("lint-imports", "--no-logo"), ("ruff", "check", "--quiet"), ("mypy", "--no-error-summary")],
    ids=["import_linter", "ruff", "mypy"],
)
def test_no_tool_objects(command):
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
