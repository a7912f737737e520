"""The wheel carries everything the product needs at run time: it starts without Node and without a checkout."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
import zipfile

import pytest

from dacheng.demo.company import SIGN_IN_ROLES
from tests.arch.repository import PACKAGE, ROOT
from tests.postgres import free_port


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


@pytest.fixture
def clean_dacheng(wheel, tmp_path):
    """Return the console script of the wheel in an environment of its own, locked packages beside it."""
    python = tmp_path / "clean" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "clean"], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    return python.with_name("dacheng")


@pytest.mark.slow
def test_the_wheel_serves_the_demo_without_node(clean_dacheng, tmp_path):
    port = str(free_port())
    bare = {"PATH": str(tmp_path / "no-programs"), "HOME": str(tmp_path)}
    command = [clean_dacheng, "demo", "--port", port]

    with subprocess.Popen(command, env=bare, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:
            page = answer(f"http://127.0.0.1:{port}/sign-in/", within=180)
            assets = re.findall(r'"(/static/dist/[^"]+)"', page)
            sizes = [len(answer(f"http://127.0.0.1:{port}{asset}", within=5)) for asset in assets]
        finally:
            server.terminate()
            said = server.communicate(timeout=30)[0].decode()

    assert "达成" in page
    assert len(assets) >= 2 and min(sizes) > 100
    assert len(re.findall(rf"http://\S+:{port}/sign-in/\S+", said)) == len(SIGN_IN_ROLES)


def answer(url: str, within: float) -> str:
    """Return what a server answers, asked until it is up; raises the last error after `within` seconds."""
    until = time.monotonic() + within
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return response.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
