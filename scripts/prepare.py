"""Prepare the checkout for use: virtual environment, locked packages, translations, web assets.

    python3 -m scripts.prepare          what `dacheng` needs to run
    python3 -m scripts.prepare --dev    and what tests, lint and the wheel need
    python3 -m scripts.prepare --bench  and the libraries that benchmarks are measured against

A step whose inputs did not change since it last succeeded is skipped. Downloads and set-up are timed apart.
Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import build_assets
from scripts.build_assets import run

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STAMPS = VENV / "stamps"
WHEELS = VENV / "wheels"
LOCALE = ROOT / "src/dacheng/web/locale"
OLDEST_PYTHON = (3, 11)

RUN_LOCKS = ["requirements.lock", "requirements-build.lock"]
NODE_LOCK = "requirements-node.lock"
DEV_LOCK = "requirements-dev.lock"  # holds the two of RUN_LOCKS
BENCH_LOCK = "requirements-bench.lock"

spent = {"download": 0.0, "set-up": 0.0}


@contextmanager
def timed(kind: str, step: str) -> Iterator[None]:
    """Add the time of a step to "download" or "set-up" and print it."""
    started = time.monotonic()
    print(f"  {step} …", end="", flush=True)
    yield
    took = time.monotonic() - started
    spent[kind] += took
    print(f" {took:.1f} s")


def pip(*arguments: object) -> None:
    run(PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join([sys.version.split()[0], *parts]).encode()).hexdigest()


def lock_digest(lock: str) -> str:
    return digest((ROOT / lock).read_text())


def stamped(name: str, value: str) -> bool:
    return build_assets.holds(STAMPS / name, value)


def stamp(name: str, value: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(value)


def make_environment() -> None:
    """Create .venv, anew when its Python is gone or another one."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    if PYTHON.exists():
        answer = [str(PYTHON), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(answer, capture_output=True, text=True).stdout.strip() == wanted:
            return
    with timed("set-up", "virtual environment .venv"):
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except subprocess.CalledProcessError:
            raise SystemExit("\npython3 has no venv: sudo apt-get install python3-venv") from None


def install_locked(lock: str) -> None:
    """Download and install exactly what a lock file names, each file checked against its hash."""
    if stamped(lock, lock_digest(lock)):
        return
    with timed("download", f"{lock}: download"):
        pip("download", "--no-deps", "--require-hashes", "-r", lock, "-d", WHEELS)
    with timed("set-up", f"{lock}: install"):
        pip("install", "--no-deps", "--require-hashes", "--no-index", "--find-links", WHEELS, "-r", lock)
    shutil.rmtree(WHEELS)
    covered = [lock, *RUN_LOCKS] if lock == DEV_LOCK else [lock]
    for name in covered:
        stamp(name, lock_digest(name))


def install_package() -> None:
    """Install the checkout itself, editable; the console script is .venv/bin/dacheng."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    current = digest(str(ROOT), repr((described["build-system"], described["project"])))
    if stamped("package", current):
        return
    with timed("set-up", "dacheng itself"):
        pip("install", "--no-deps", "--no-index", "--no-build-isolation", "-e", ROOT)
    stamp("package", current)


def compile_translations() -> None:
    """Compile each catalogue that is newer than its .mo."""
    stale = [
        catalogue for catalogue in sorted(LOCALE.rglob("*.po"))
        if not (compiled := catalogue.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime < catalogue.stat().st_mtime
    ]  # fmt: skip
    if not stale:
        return
    with timed("set-up", "translations"):
        for catalogue in stale:
            target = catalogue.with_suffix(".mo")
            run(PYTHON, "-m", "babel.messages.frontend", "compile", "-i", catalogue, "-o", target)


def make_assets(dev: bool) -> None:
    """Bundle the web assets; the tests also need node_modules itself (axe-core)."""
    modules_wanted = dev or not build_assets.assets_are_current()
    if modules_wanted and not build_assets.modules_are_current():
        node = find_node()
        with timed("download", "front-end packages"):
            build_assets.install_modules(node)
    if not build_assets.assets_are_current():
        node = find_node()
        with timed("set-up", "web assets"):
            build_assets.build(node)


def find_node() -> list[str]:
    """Return the command of a node >= 20: the system's, else one from a wheel, installed now."""
    node = build_assets.system_node()
    if node:
        return node
    install_locked(NODE_LOCK)
    return build_assets.wheel_node(PYTHON) or ["node"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m scripts.prepare")
    parser.add_argument("--dev", action="store_true", help="also what tests, lint and the wheel need")
    parser.add_argument("--bench", action="store_true", help="and what benchmarks are measured against")
    asked = parser.parse_args()
    dev = asked.dev or asked.bench
    if sys.version_info < OLDEST_PYTHON:
        raise SystemExit(f"Python >= 3.11 is needed, this is {sys.version.split()[0]}: make PYTHON=python3.11 …")
    make_environment()
    for lock in [*([DEV_LOCK] if dev else RUN_LOCKS), *([BENCH_LOCK] if asked.bench else [])]:
        install_locked(lock)
    install_package()
    compile_translations()
    make_assets(dev)
    print(f"准备 set-up {spent['set-up']:.1f} s · 下载 downloads {spent['download']:.1f} s")


if __name__ == "__main__":
    main()
