"""Single columns of a written mapping are read as somebody says (改几列): the rest of it stays as it is written.

The mapping stays text, so that it can be kept, shown and written on by hand; its comments are lost, nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import yaml

from dacheng.core.schema import RELATIONS
from dacheng.exchange.drafting import headers_of
from dacheng.exchange.layout import Header
from dacheng.exchange.mapping import is_required, key_columns, typed_columns
from dacheng.exchange.matching import Matched
from dacheng.exchange.own_headers import UNIT_IN_TITLE
from dacheng.exchange.texts import header_key
from dacheng.exchange.yaml_parts import Complaints, parse_yaml

NOT_READ = "-"
"""What a column is read as that shall not be read."""

PLAIN = ("column", "known")
"""Keys under which an origin names the one column that it takes as it stands."""

SEVERAL = ("first", "join")

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Correction:
    """What one column of a table is read as.

    Args:
        relation, field: ours, the field by its name in a CSV; both empty = the column is not read.
        keys: what the mapping calls the column, none where it does not read it.
    """

    header: Header
    relation: str = ""
    field: str = ""
    keys: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return what the mapping calls the column from now on."""
        return self.keys[0] if self.keys else self.header.key


def fields_correctable(relations: Collection[str]) -> list[tuple[str, str]]:
    """Return the (relation, field) that a column of a written mapping may be read as."""
    return [(name, field) for name in dict.fromkeys(relations) for field in typed_columns(RELATIONS[name])]


def corrections(matched: Matched, told: Mapping[str, str]) -> list[Correction]:
    """Return what columns of a table are to be read as.

    Args:
        told: header key -> ``relation.field`` or ``NOT_READ``; others, and unknown ones, are left out.
    """
    headers = {header.key: header for header in matched.table.headers}
    keys: dict[str, list[str]] = {}
    for key, header in headers_of(matched.table, matched.rule).items():
        keys.setdefault(header.key, []).append(key)
    known = {f"{relation}.{field}" for relation, field in fields_correctable([r.relation for r in matched.rule.yields])}
    found = []
    for title, meant in told.items():
        if title in headers and (meant in known or meant == NOT_READ):
            relation, _, field = meant.partition(".") if meant in known else ("", "", "")
            found.append(Correction(headers[title], relation, field, tuple(keys.get(title, ()))))
    return found


def corrected(text: str, at: int, changes: Collection[Correction]) -> str:
    """Return the text of a mapping that reads columns of its ``at``-th file as the corrections say.

    A column that becomes a field is read as nothing else any more, and the field takes no other column. What a row
    is told apart by, and the day that it begins, stay as they are written.

    Raises:
        YamlRefused: the text is no YAML.
    """
    top = parse_yaml(text, Complaints("mapping.yaml")).node
    file = _items(_child(top, "files"))[at]
    for one in changes:
        for values in _all_values(file):
            _forget(values, {*one.keys, one.header.key})
    for one in changes:
        if one.field:
            _take(file, one)
    return str(yaml.serialize(top, allow_unicode=True, width=WIDTH, Dumper=yaml.SafeDumper))


# Places of the file ----------------------------------------------------------------------------------


def _child(node: yaml.Node, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _all_values(file: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Yield every ``set`` of a file: of its rows and of their steps."""
    for row in _items(_child(file, "rows")):
        yield from _values_of(row)


def _values_of(row: yaml.Node) -> Iterator[yaml.MappingNode]:
    for one in (row, *_items(_child(row, "steps"))):
        values = _child(one, "set")
        if isinstance(values, yaml.MappingNode):
            yield values


# Changing it -----------------------------------------------------------------------------------------


def _forget(values: yaml.MappingNode, keys: Collection[str]) -> None:
    """Let no field take the columns any more."""
    for _, origin in values.value:
        for name in SEVERAL:
            listed = _child(origin, name)
            if isinstance(listed, yaml.SequenceNode) and len(listed.value) > 1:
                listed.value[:] = [one for one in listed.value if header_key(one.value) not in keys] or listed.value[:1]
    values.value[:] = [pair for pair in values.value if not _column_of(pair[1]) & set(keys)]


def _column_of(origin: yaml.Node) -> set[str]:
    """Return the column that an origin takes as it stands; none where it is made otherwise."""
    if isinstance(origin, yaml.ScalarNode):
        return {header_key(str(origin.value))}
    alone = [_child(origin, name) for name in PLAIN]
    alone += [listed[0] for name in SEVERAL if len(listed := _items(_child(origin, name))) == 1]
    return {header_key(str(one.value)) for one in alone if isinstance(one, yaml.ScalarNode)}


def _take(file: yaml.Node, change: Correction) -> None:
    """Let a field take the column wherever it took one, and in the values of the row at any rate."""
    row = next(
        one for one in _items(_child(file, "rows")) if getattr(_child(one, "relation"), "value", "") == change.relation
    )
    first, *later = _values_of(row)
    _set(first, change.field, change.key)
    for values in later:
        origin = _child(values, change.field)
        if origin is not None and (_column_of(origin) or any(_child(origin, name) for name in SEVERAL)):
            _set(values, change.field, change.key)
    if not change.keys and isinstance(file, yaml.MappingNode):
        _describe(file, change)


def _set(values: yaml.MappingNode, field: str, key: str) -> None:
    """Set a field to a column; a record that the column only may name stays one that it only may."""
    before = _child(values, field)
    origin: yaml.Node = _text(key)
    if before is not None and _child(before, "known") is not None:
        origin = yaml.MappingNode("tag:yaml.org,2002:map", [(_text("known"), origin)], flow_style=True)
    values.value[:] = [pair for pair in values.value if pair[0].value != field]
    values.value.append((_text(field), origin))


def _describe(file: yaml.MappingNode, change: Correction) -> None:
    """Describe a column that the mapping did not read: files without it are read as before, where that can be."""
    column = typed_columns(RELATIONS[change.relation])[change.field]
    needed = is_required(column) or column.name in key_columns(RELATIONS[change.relation])
    unit = UNIT_IN_TITLE.search(change.header.key.partition("#")[0])
    told = {
        **({} if needed else {"optional": "true"}),
        **({"unit": unit[1]} if unit else {}),
        **({"percent": "true"} if "%" in change.header.key else {}),
    }
    columns = _child(file, "columns")
    if columns is None:
        columns = yaml.MappingNode("tag:yaml.org,2002:map", [], flow_style=False)
        file.value.insert(0, (_text("columns"), columns))
    pairs = [(_text(name), _text(value)) for name, value in told.items()]
    rule = yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=True)
    columns.value.append((_text(change.header.key), rule))


def _text(value: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value)
