"""Read a mapping from its YAML file, with every mistake named by line and key (映射文件)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import get_args

from dacheng.core.errors import NotFound, Text
from dacheng.core.relation import Column, csv_name
from dacheng.core.schema import RELATIONS
from dacheng.exchange.amounts import MONEY_UNITS
from dacheng.exchange.dates import DateOrder
from dacheng.exchange.defaults import WORDS, words_of
from dacheng.exchange.mapping import (
    COUNT_ON_THEIR_DAY,
    NOT_IMPORTED,
    ColumnRule,
    Condition,
    Constant,
    DayFrom,
    FileRule,
    Filling,
    FirstOf,
    FixedRow,
    Founding,
    FromColumn,
    HomeOf,
    ImportDay,
    ImportMapping,
    Joined,
    MonthCell,
    MonthTitle,
    Origin,
    OwnDay,
    Recognised,
    RowNumber,
    RowRule,
    Step,
    TakenFrom,
    TopUnit,
    is_required,
    key_columns,
    typed_columns,
)
from dacheng.exchange.texts import folded, header_key
from dacheng.exchange.yaml_parts import Complaints, Part, parse_yaml, possible

SHIPPED = files("dacheng") / "defaults" / "mappings"
ORDERS = [order for order in get_args(DateOrder) if order]
CURRENCY = re.compile(r"[A-Z]{3}")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
BEGIN_WITH_THE_IMPORT = frozenset({"contacts", "deals", "contracts", "contract_lines", "targets", "periods"})
"""Their rows hold from the day of the import where the mapping names no day; all others hold always."""

NAMING_A_COLUMN = ("year", "year_amount", "currency_column")
"""Keys of a table that name a column of it."""

ORIGIN_KEYS = ("column", "known", "is", "join", "with", "first", "of", "take", "top", "home", "row", "day", "month")


def shipped_mappings() -> tuple[str, ...]:
    """Return the names of the mappings that come with the product."""
    return tuple(sorted(one.name.removesuffix(".yaml") for one in SHIPPED.iterdir() if one.name.endswith(".yaml")))


@lru_cache(maxsize=64)
def shipped_mapping(name: str) -> ImportMapping:
    """Return a mapping that comes with the product.

    Raises:
        NotFound: there is none of that name; the message lists those that there are.
    """
    return read_mapping(shipped_text(name), f"{name}.yaml")


def shipped_text(name: str) -> str:
    """Return the YAML text of a mapping that comes with the product; raises as ``shipped_mapping``."""
    if name not in shipped_mappings():
        listed = shipped_mappings()
        raise NotFound(
            Text(f"没有名为“{name}”的导入映射。", f"There is no import mapping “{name}”."),
            Text(
                f"现有：{'、'.join(listed)}；也可以给出自己的 YAML 文件。",
                f"There are: {', '.join(listed)}; or give a YAML file of your own.",
            ),
        )
    return (SHIPPED / f"{name}.yaml").read_text("utf-8")


def read_mapping(text: str, file: str = "") -> ImportMapping:
    """Return the mapping that a YAML text describes.

    Args:
        file: what messages call it.

    Raises:
        YamlRefused: one finding for each mistake, with its line, its key and what is possible.
    """
    complaints = Complaints(file)
    top = parse_yaml(text, complaints)
    known = ("mapping", "label", "source", "currency", "company", "dates", "unit", "records", "files")
    parts = top.fields(*known, required=("mapping", "files"))
    complaints.settle()
    name = _name(parts["mapping"])
    defaults = ColumnRule("", (), unit=_unit(parts.get("unit")), dates=_order(parts.get("dates")))
    currency = _currency(parts.get("currency"))
    mapping = ImportMapping(
        name,
        _label(parts.get("label"), name),
        _name(parts["source"]) if "source" in parts else name,
        tuple(_file(part, defaults) for part in parts["files"].items()),
        currency,
        _company(parts.get("company"), currency),
        tuple(_records(parts.get("records"))),
    )
    complaints.settle()
    return mapping


# The head --------------------------------------------------------------------------------------


def _name(part: Part) -> str:
    word = part.text()
    if not NAME.fullmatch(word):
        part.complain(
            "bad-name",
            Text(f"名称“{word}”不可用。", f"The name “{word}” cannot be used."),
            Text("用小写字母、数字、- 和 _，最多 60 个字符。", "Use small letters, digits, - and _, at most 60."),
            word,
        )
    return word


def _label(part: Part | None, name: str) -> Text:
    if part is None:
        return Text(name, name)
    if part.is_text:
        return Text(part.text(), part.text())
    words = {key: value.text() for key, value in part.fields("zh", "en", required=("zh", "en")).items()}
    return Text(words.get("zh", name), words.get("en", name))


def _currency(part: Part | None) -> str:
    if part is None:
        return ""
    word = part.text()
    if not CURRENCY.fullmatch(word):
        part.complain(
            "bad-currency",
            Text(f"“{word}”不是币种代码。", f"“{word}” is no currency code."),
            Text("用三个大写字母，例如 CNY、USD。", "Use three capital letters, such as CNY or USD."),
            word,
        )
    return word


def _company(part: Part | None, currency: str) -> Founding | None:
    if part is None:
        return None
    fields = {key: value.text() for key, value in part.fields("name", "code", required=("name",)).items()}
    return Founding(fields.get("name", ""), fields.get("code", "HQ"), currency or "CNY")


def _unit(part: Part | None, default: str = "元") -> str:
    return default if part is None else part.one_of(list(MONEY_UNITS))


def _order(part: Part | None, default: DateOrder = "") -> DateOrder:
    return default if part is None else part.one_of(ORDERS)  # type: ignore[return-value]


def _records(part: Part | None) -> Iterable[FixedRow]:
    for relation, rows in ({} if part is None else part.fields(*_imported())).items():
        columns = typed_columns(RELATIONS[relation])
        for row in rows.items():
            fields = row.fields(*columns)
            _check_complete(row, relation, {columns[name].name for name in fields})
            yield FixedRow(relation, {columns[name].name: value.text() for name, value in fields.items()})


def _imported() -> list[str]:
    return [name for name in RELATIONS if name not in NOT_IMPORTED]


# Files -----------------------------------------------------------------------------------------


def _file(part: Part, defaults: ColumnRule) -> FileRule:
    known = ("file", "columns", "where", "header_row", "year", "months", "year_amount", "currency_column", "rows")
    parts = part.fields(*known, required=("rows",))
    columns: dict[str, ColumnRule] = {}
    for title, rule in (parts["columns"].entries() if "columns" in parts else {}).items():
        columns[header_key(title)] = _column(title, rule, defaults)
    yields = tuple(_row(row) for row in parts["rows"].items()) if "rows" in parts else ()
    if not yields:
        part.complain("no-rows", Text("没有 rows，这个文件什么也不产生。", "Without rows the file yields nothing."))
    where = _conditions(parts.get("where"))
    named = {key: header_key(parts[key].text()) if key in parts else "" for key in NAMING_A_COLUMN}
    read = {column for rule in yields for column in rule.columns} | {one.column for one in where}
    read |= set(named.values()) - {""}
    for key in sorted(read - set(columns)):
        columns[key] = ColumnRule(key, (key,), unit=defaults.unit, dates=defaults.dates)
    names = parts["file"].texts() if "file" in parts else ()
    header_row = parts["header_row"].whole(0) if "header_row" in parts else None
    months = parts["months"].texts() if "months" in parts else ()
    numbers = {header_key(title): number for number, title in enumerate(months, 1)}
    return FileRule(
        names,
        columns,
        yields,
        where,
        header_row,
        named["year"],
        numbers,
        named["year_amount"],
        named["currency_column"],
    )


def _column(title: str, part: Part, defaults: ColumnRule) -> ColumnRule:
    known = ("titles", "aliases", "words", "expect", "unit", "dates", "percent", "optional", "split", "part", "fixed")
    parts = part.fields(*known)
    titles = tuple(header_key(one) for one in parts["titles"].texts()) if "titles" in parts else (header_key(title),)
    aliases = parts["aliases"].entries() if "aliases" in parts else {}
    return ColumnRule(
        header_key(title),
        titles,
        {seen: meant.text() for seen, meant in aliases.items()},
        parts["expect"].texts() if "expect" in parts else (),
        _unit(parts.get("unit"), defaults.unit),
        _order(parts.get("dates"), defaults.dates),
        "percent" in parts and parts["percent"].flag(),
        "optional" in parts and parts["optional"].flag(),
        parts["split"].text() if "split" in parts else "",
        _part_number(parts["part"]) if "part" in parts else 1,
        parts["fixed"].text() if "fixed" in parts else "",
        words_of(parts["words"].one_of(list(WORDS))) if "words" in parts else {},
    )


def _part_number(part: Part) -> int:
    """Return which of several values of a cell is read; the last is -1."""
    return -1 if part.is_text and part.text() == "last" else part.whole()


def _conditions(part: Part | None) -> tuple[Condition, ...]:
    entries = {} if part is None else part.entries()
    return tuple(_condition(header_key(title), one) for title, one in entries.items())


def _condition(column: str, part: Part) -> Condition:
    fillings: dict[str, Filling] = {"filled": "filled", "blank": "blank"}
    if part.is_text and part.text() in fillings:
        return Condition(column, fillings[part.text()])
    if part.is_text or part.is_list:
        return Condition(column, values=frozenset(map(folded, part.texts())))
    inner = part.fields("not", required=("not",))
    texts = inner["not"].texts() if "not" in inner else ()
    return Condition(column, values=frozenset(map(folded, texts)), negated=True)


# Rows ------------------------------------------------------------------------------------------


def _row(part: Part) -> RowRule:
    known = ("relation", "set", "from", "when", "steps", "repeats", "history", "by_name", "only_new")
    parts = part.fields(*known, required=("relation", "set"))
    relation = parts["relation"].one_of(_imported()) if "relation" in parts else ""
    if relation not in RELATIONS or "set" not in parts:
        return RowRule(relation, {})
    values = _values(parts["set"], relation)
    steps = tuple(_step(step, relation) for step in parts["steps"].items()) if "steps" in parts else ()
    if steps and "from" in parts:
        parts["from"].complain(
            "from-and-steps", Text("steps 已给出起始日，不能再写 from。", "The steps name the days: leave “from” out.")
        )
    _check_complete(part, relation, set(values) | {name for step in steps for name in step.values})
    return RowRule(
        relation,
        values,
        _since(parts.get("from"), relation),
        _conditions(parts.get("when")),
        steps,
        "repeats" in parts and parts["repeats"].flag(),
        "history" in parts and parts["history"].flag(),
        keyed_by_name="by_name" in parts and parts["by_name"].flag(),
        only_new="only_new" in parts and parts["only_new"].flag(),
    )


def _step(part: Part, relation: str) -> Step:
    parts = part.fields("from", "set", "when", required=("from", "set"))
    since = _since(parts.get("from"), relation)
    if since is None:
        part.complain(
            "step-without-day", Text("每一步都要有起始日。", "Every step needs the day it begins on."), _DAYS_POSSIBLE
        )
    values = _values(parts["set"], relation) if "set" in parts else {}
    return Step(since or ImportDay(), values, _conditions(parts.get("when")))


def _check_complete(part: Part, relation: str, given: set[str]) -> None:
    """Complain of what a new record would lack."""
    columns = typed_columns(RELATIONS[relation])
    keys = key_columns(RELATIONS[relation])
    needed = [name for name, one in columns.items() if is_required(one) or (one.name in keys and one.default is None)]
    missing = [name for name in needed if columns[name].name not in given]
    if missing:
        part.complain(
            "incomplete",
            Text(f"{relation} 还缺：{'、'.join(missing)}。", f"{relation} still needs: {', '.join(missing)}."),
            Text("在 set 里写上这些列。", "Set these columns."),
        )


def _values(part: Part, relation: str) -> dict[str, Origin]:
    columns = typed_columns(RELATIONS[relation])
    fields = part.fields(*columns)
    return {columns[name].name: _origin(one, relation, columns[name]) for name, one in fields.items()}


_DAYS_POSSIBLE = Text(
    "写一列的列名，或 {day: import}（导入当天）、{day: always}（一直如此）。",
    "Write a column's title, or {day: import} or {day: always}.",
)


def _since(part: Part | None, relation: str) -> Origin | None:
    """Return the first day of a row; None = always."""
    if part is None:
        if relation in COUNT_ON_THEIR_DAY:
            return OwnDay(COUNT_ON_THEIR_DAY[relation])
        return ImportDay() if relation in BEGIN_WITH_THE_IMPORT else None
    if part.is_text:
        return FromColumn(header_key(part.text()))
    parts = part.fields(*ORIGIN_KEYS, "otherwise")
    if "day" in parts and parts["day"].one_of(["import", "always"]) == "always":
        return None
    if "otherwise" in parts:
        titles = next((parts[key].texts() for key in ("column", "first") if key in parts), ())
        word = parts["otherwise"].one_of(["import", "always"])
        return DayFrom(tuple(map(header_key, titles)), "import" if word == "import" else "always")
    return _origin(part, relation, Column("from_day", "day", Text("起始日", "First day")))


def _origin(part: Part, relation: str, column: Column) -> Origin:
    """Return where a column's value comes from."""
    if part.is_text:
        return FromColumn(header_key(part.text()))
    parts = part.fields(*ORIGIN_KEYS)
    if "is" in parts:
        return Constant(parts["is"].text())
    if "column" in parts:
        return FromColumn(header_key(parts["column"].text()))
    if "known" in parts and column.kind == "ref":
        return Recognised(header_key(parts["known"].text()))
    if "join" in parts:
        between = _verbatim(parts["with"]) if "with" in parts else " "
        return Joined(tuple(map(header_key, parts["join"].texts())), between)
    if "first" in parts:
        return FirstOf(tuple(map(header_key, parts["first"].texts())))
    if "of" in parts and "take" in parts:
        return _taken(parts["of"], parts["take"], relation, column)
    return _special(part, parts, relation, column)


def _verbatim(part: Part) -> str:
    """Return a text with its outer spaces: a separator is mostly made of them."""
    return str(part.node.value) if part.is_text else part.text()


def _special(part: Part, parts: Mapping[str, Part], relation: str, column: Column) -> Origin:
    if "top" in parts and column.ref == "units":
        return TopUnit()
    if "home" in parts and column.ref == "units":
        people = {csv_name(one.name): one.name for one in RELATIONS[relation].columns if one.ref == "people"}
        return HomeOf(people.get(parts["home"].one_of(list(people)), ""))
    if "row" in parts and column.kind == "text" and parts["row"].one_of(["number"]):
        return RowNumber()
    if "day" in parts and column.kind == "day" and parts["day"].text() == "import":
        return ImportDay()
    if "month" in parts and parts["month"].one_of(["title", "cell"]) == "title" and _takes_month(column):
        return MonthTitle()
    if "month" in parts and not _takes_month(column):
        return MonthCell()
    forms = [
        "列名", "{is: 值}", "{join: [列, 列], with: ' · '}", "{first: [列, 列]}", "{of: product, take: list_price}",
    ]  # fmt: skip
    forms += ["{known: 列}"] if column.kind == "ref" else []
    forms += ["{top: unit}", "{home: person}"] if column.ref == "units" else []
    forms += ["{row: number}"] if column.kind == "text" else []
    forms += ["{day: import}"] if column.kind == "day" else []
    forms += ["{month: title}"] if _takes_month(column) else ["{month: cell}"]
    zh = " ".join(forms)
    en = zh.replace("列名", "TITLE").replace("列", "TITLE").replace("值", "VALUE")
    part.complain(
        "no-origin",
        Text("看不出值从哪里来。", "It does not say where the value comes from."),
        Text(f"可写：{zh}。", f"Possible: {en}."),
    )
    return Constant("")


def _takes_month(column: Column) -> bool:
    """Tell whether the title of a month can fill a column: a month, or the last day of one."""
    return column.kind == "ym" or column.month_end


def _taken(of: Part, take: Part, relation: str, column: Column) -> Origin:
    """Return a column of the record that a reference points to."""
    references = {csv_name(one.name): one for one in RELATIONS[relation].columns if one.kind == "ref"}
    reference = references.get(of.one_of(list(references)))
    if reference is None:
        return Constant("")
    there = {name: one for name, one in typed_columns(RELATIONS[reference.ref]).items() if one.kind == column.kind}
    word = take.text()
    if word not in there:
        take.complain(
            "unknown-word",
            Text(f"{reference.ref} 没有可用于此处的“{word}”。", f"{reference.ref} has no “{word}” that fits here."),
            possible(word, list(there)),
            word,
        )
        return Constant("")
    return TakenFrom(reference.name, there[word].name)
