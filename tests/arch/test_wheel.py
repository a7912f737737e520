"""The wheel carries everything the product needs at run time: it starts without Node and without a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from tests.arch.repository import PACKAGE, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the wheel built from this checkout; skips where assets and translations have not been made."""
    if not (PACKAGE / "web" / "static" / "staticfiles.json").exists():
        pytest.skip("the web assets are not built: run `make develop`")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_every_file_of_the_package(wheel):
    needed = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix in {".py", ".html", ".yaml", ".mo", ".js", ".css", ".gz", ".json", ".svg"}
    }

    packed = set(zipfile.ZipFile(wheel).namelist())

    assert sorted(needed - packed) == []


def test_every_catalogue_is_compiled_into_the_wheel(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())

    catalogues = [name for name in packed if name.endswith(".po")]

    assert [name for name in catalogues if name.removesuffix(".po") + ".mo" not in packed] == []
    assert catalogues


@pytest.mark.slow
def test_the_wheel_starts_in_a_clean_environment_without_node(wheel, tmp_path):
    python = tmp_path / "clean" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "clean"], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    (tmp_path / "no-programs").mkdir()
    bare = {"PATH": str(tmp_path / "no-programs"), "HOME": str(tmp_path), "LANG": os.environ.get("LANG", "C.UTF-8")}

    helped = [python.with_name("dacheng"), "--help"]
    done = subprocess.run(helped, env=bare, capture_output=True, text=True, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout
