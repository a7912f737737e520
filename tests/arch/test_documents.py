"""Documents that must keep step with the code."""

from __future__ import annotations

import ast
import re

import pytest

from dacheng.core.errors import Text
from dacheng.core.report import Parameter
from scripts import write_reference
from tests.arch.repository import PACKAGE, ROOT, committed_files, modules, shown

REFERENCE = ROOT / "docs" / "reference"
REQUIREMENT = re.compile(r"^\| (R\d{3}) \| (yes|part) \| (.+?) \| (.+?) \| (.*?) ?\|$")


def rows() -> list[str]:
    """Return the lines of the requirements table below its header."""
    lines = (ROOT / "docs" / "requirements.md").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("|")][2:]


def named_tests(cell: str) -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", cell)


def exists(test: str) -> bool:
    """Say whether `tests/x/test_y.py` or `tests/x/test_y.py::test_name` is there."""
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and (not name or re.search(rf"def {re.escape(name)}\b", path.read_text("utf-8")) is not None)


def test_requirement_rows_are_well_formed():
    assert [row for row in rows() if not REQUIREMENT.match(row)] == []
    identifiers = [row.split(" ")[1] for row in rows()]
    assert identifiers == sorted(set(identifiers))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[2:6])
def test_a_requirement_names_its_tests_or_says_what_is_missing(row):
    match = REQUIREMENT.match(row)
    assert match, row

    _, status, _, tests, missing = match.groups()

    assert [test for test in named_tests(tests) if not exists(test)] == []
    assert named_tests(tests) or (status == "part" and tests == "-"), "a requirement that is done names its test"
    assert (status == "yes") == (missing in ("", "-")), "`part` says what is missing, `yes` has nothing to say"


def commands() -> list[str]:
    """Return the names of the functions and literals by which the command line registers its commands."""
    found = []
    for path, tree in modules().items():
        if path.is_relative_to(PACKAGE / "cli"):
            for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
                found += [name for mark in function.decorator_list if (name := command_name(mark, function.name))]
    return sorted(found)


def command_name(mark: ast.expr, function: str) -> str:
    """Return the name that a decorator `@app.command("name")` gives a command, "" for another decorator."""
    if not (isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "command"):
        return ""
    literal = [each.value for each in mark.args if isinstance(each, ast.Constant)]
    return str(literal[0]) if literal else function.strip("_").replace("_", "-")


def settings() -> list[str]:
    """Return the names of the environment variables that the package reads."""
    named = re.compile(r"environ[^\n]*?\"((?:DACHENG_|DATABASE_)[A-Z_]+)\"")
    return sorted({name for path in modules() for name in named.findall(path.read_text("utf-8"))})


def undocumented(names: list[str], page: str, heading: str) -> list[str]:
    """Return the names that a reference page has no paragraph for; `heading` is a pattern holding NAME."""
    text = (REFERENCE / page).read_text("utf-8")
    return [name for name in names if not re.search(heading.replace("NAME", re.escape(name)), text, re.M)]


def test_the_reports_page_is_what_the_reports_say():
    written = write_reference.REPORTS_PAGE.read_text("utf-8")

    assert written == write_reference.reports_page(), "run `make reference`"


def test_every_report_and_parameter_says_itself_in_two_languages():
    reports = write_reference.load_reports().values()

    silent = [report.name for report in reports if not all([*texts(report.title), *texts(report.help)])]
    unlabelled = [f"{report.name}: {one.name}" for report in reports for one in report.parameters if bare(one)]

    assert silent + unlabelled == []


def texts(text: Text) -> tuple[str, str]:
    return text.zh, text.en


def bare(parameter: Parameter) -> bool:
    """Say whether people would see the parameter by its name in code."""
    return parameter.kind.name not in write_reference.SHELL_ONLY and parameter.label.zh == parameter.name


def test_every_command_has_a_paragraph():
    assert undocumented(commands(), "cli.md", r"^#+ `dacheng (?:\w+ )*NAME\b") == []


def test_every_setting_has_a_line():
    assert undocumented(settings(), "settings.md", r"^\| `NAME` \|") == []


def test_the_reference_pages_check_something():
    assert "demo" in commands()
    assert "DATABASE_URL" in settings()


@pytest.mark.parametrize("document", ["GLOSSARY.md", "docs/requirements.md"])
def test_places_named_in_a_document_exist(document):
    named = re.compile(r"`((?:core|store|exchange|engine|service|web|demo|defaults)/[\w/.]*)`")
    places = set(named.findall((ROOT / document).read_text("utf-8")))

    assert [place for place in sorted(places) if not (PACKAGE / place).exists()] == []


def test_links_between_documents_lead_somewhere():
    linked = re.compile(r"\]\((?!https?:|#)([^)#]+)")
    pages = [path for path in committed_files() if path.suffix == ".md"]

    broken = [
        f"{shown(page)}: {target}"
        for page in pages
        for target in linked.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []
