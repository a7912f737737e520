"""A whole company as a folder of canonical CSVs: what people read, correct and keep (CSV 账本).

``company.toml`` names the company and its currency, ``rules.csv`` holds its own rules, and
each relation has a file of its own. Reading and writing are exact inverses: a folder
written from what was read is the same byte for byte, once everything left out is filled in.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from dacheng.core.company import Company, Frame
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.relation import Relation
from dacheng.core.rules import DatedRule
from dacheng.core.schema import RELATIONS
from dacheng.exchange.canonical import Codes, read_start, write_edge
from dacheng.exchange.completing import completed, default_frames
from dacheng.exchange.csvtables import Sheet, line_of, read_frame, read_sheet, write_frame
from dacheng.exchange.defaults import default_rules
from dacheng.exchange.housing import homeless_rows, homes_from_people
from dacheng.exchange.likeness import nearest
from dacheng.exchange.problems import ValueProblem

DEFAULT_CURRENCY = "CNY"
HOME = "unit"
"""A column that people.csv may carry for the reader's ease: the home unit, always the same."""


def read_company(folder: Path) -> tuple[Company, list[Finding]]:
    """Read a folder; a row with a problem is left out and told, the others are read.

    What the folder leaves out is filled in: the calendar of the years around its days,
    measures, stages, and derived columns.

    Raises:
        RuleError: there is no such folder.
    """
    if not folder.is_dir():
        raise RuleError(
            Text(f"没有文件夹 {folder}。", f"There is no folder {folder}."),
            Text("给出一个含 CSV 的文件夹。", "Name a folder with CSV files."),
        )
    sheets = {name: read_sheet(folder / f"{name}.csv") for name in RELATIONS if (folder / f"{name}.csv").exists()}
    codes = _codes(sheets)
    frames: dict[str, Frame] = {}
    findings: list[Finding] = []
    for name, sheet in sheets.items():
        extra = [HOME] if name == "people" else []
        frames[name], found = read_frame(RELATIONS[name], sheet, codes, extra)
        findings += found
    if "people" in sheets:
        homes, found = homes_from_people(sheets["people"], frames, codes)
        frames["assignments"], findings = homes, findings + found
    rules, found = _read_rules(folder / "rules.csv")
    name, currency = _read_settings(folder)
    company = completed(Company(name, currency, _whole(frames), rules))
    return company, findings + found + homeless_rows(company)


def sound_company(folder: Path) -> Company:
    """Read a folder that must be without fault.

    Raises:
        RuleError: it is not; names every file, row and column.
    """
    company, findings = read_company(folder)
    faults = [one for one in findings if one.severity == "block"]
    if faults:
        told = [_told(one) for one in faults[:20]]
        more = f" … (+{len(faults) - 20})" if len(faults) > 20 else ""
        raise RuleError(
            Text(
                f"{folder} 有 {len(faults)} 处错误：{'；'.join(one.zh for one in told)}{more}",
                f"{folder} has {len(faults)} faults: {'; '.join(one.en for one in told)}{more}",
            ),
            Text("改正后再读。", "Correct them and read again."),
        )
    return company


def write_company(company: Company, folder: Path) -> None:
    """Write a company as a folder; what it leaves out is filled in and written too."""
    company = completed(company)
    folder.mkdir(parents=True, exist_ok=True)
    settings = f"name = {_quoted(company.name)}\ncurrency = {_quoted(company.currency)}\n"
    _write(folder / "company.toml", settings)
    if company.rules:
        lines = sorted((rule.name, rule.from_day, rule.value) for rule in company.rules)
        texts = [line_of((name, write_edge(day), str(value))) for name, day, value in lines]
        _write(folder / "rules.csv", "rule,from,value\n" + "".join(texts))
    codes = {name: codes_of(RELATIONS[name], frame) for name, frame in company.frames.items() if RELATIONS[name].entity}
    for name, relation in RELATIONS.items():
        _write(folder / f"{name}.csv", write_frame(relation, company.frames[name], codes))


def codes_of(relation: Relation, frame: Frame) -> list[str]:
    """Return the code of each id of an entity, at place id − 1; a number without a row has none."""
    ids = [number or 0 for number in frame.columns[relation.key[0]]]
    codes = [""] * max(ids, default=0)
    for number, code in zip(ids, frame.labels["code"], strict=True):
        codes[number - 1] = code
    return codes


NUMBERED = ("measures", "factors")
"""Relations of which the core knows some records by their numbers."""


def _codes(sheets: Mapping[str, Sheet]) -> dict[str, Codes]:
    """Number the codes of every entity in the order of their first appearance.

    Measures, factors and stages that a folder does not list are the ones that ship, and a measure
    or factor that ships keeps its number: the core knows it by that.
    """
    shipped = {
        name: dict(zip(frame.labels["code"], frame.columns[RELATIONS[name].key[0]], strict=True))
        for name, frame in default_frames().items()
    }
    found: dict[str, Codes] = {}
    for name, relation in RELATIONS.items():
        if not relation.entity:
            continue
        listed = [code for code in sheets[name].columns.get("code", ()) if code] if name in sheets else []
        if not listed:
            found[name] = {code: number or 0 for code, number in shipped.get(name, {}).items()}
        elif name in NUMBERED:
            known = {code: number or 0 for code, number in shipped[name].items()}
            new = [code for code in dict.fromkeys(listed) if code not in known]
            found[name] = known | {code: len(known) + at for at, code in enumerate(new, 1)}
        else:
            found[name] = {code: at for at, code in enumerate(dict.fromkeys(listed), 1)}
    return found


def _whole(frames: Mapping[str, Frame]) -> dict[str, Frame]:
    """Return the frames with a text for every label, blank where the file has no such column."""
    found = {}
    for name, frame in frames.items():
        blank = {column.name: [""] * len(frame) for column in RELATIONS[name].labels}
        found[name] = Frame(frame.columns, {**blank, **frame.labels})
    return found


def _read_settings(folder: Path) -> tuple[str, str]:
    path = folder / "company.toml"
    if not path.exists():
        return folder.name, DEFAULT_CURRENCY
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(
            Text(f"{path} 读不了：{error}。", f"{path} cannot be read: {error}."),
            Text('写成 name = "…" 与 currency = "CNY" 两行。', 'Write name = "…" and currency = "CNY".'),
        ) from error
    return str(found.get("name", folder.name)), str(found.get("currency", DEFAULT_CURRENCY))


def _read_rules(path: Path) -> tuple[tuple[DatedRule, ...], list[Finding]]:
    if not path.exists():
        return (), []
    sheet = read_sheet(path)
    rules, findings = [], list(sheet.findings)
    texts = [sheet.columns.get(name, [""] * len(sheet.rows)) for name in ("rule", "from", "value")]
    for row, (name, start, value) in enumerate(zip(*texts, strict=True)):
        try:
            rules.append(_rule(name, start, value))
        except ValueProblem as problem:
            findings.append(sheet.at(row, "rule", problem))
        except RuleError as error:
            findings.append(sheet.at(row, "value", ValueProblem("csv/rule", error.message, error.remedy, value=value)))
    return tuple(rules), findings


def _rule(name: str, start: str, value: str) -> DatedRule:
    kinds = {kind.name: kind for kind in default_rules()[0]}
    if name not in kinds:
        near = nearest(name, kinds) or "、".join(kinds)
        raise ValueProblem(
            "csv/unknown-rule",
            Text(f"没有规则「{name}」。", f"There is no rule “{name}”."),
            Text(f"可用：{near}", f"Use: {near}"),
            value=name,
        )
    typed: int | str = int(value) if value.lstrip("-").isdecimal() else value
    kinds[name].check(typed)
    return DatedRule(name, read_start(start), typed)


def _told(one: Finding) -> Text:
    place = " ".join(part for part in (one.sheet, str(one.row or ""), one.column) if part)
    return Text(f"{place} {one.message.zh}{one.remedy.zh}", f"{place} {one.message.en} {one.remedy.en}")


def _quoted(text: str) -> str:
    """Return a TOML basic string: JSON's escapes are all TOML's too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
