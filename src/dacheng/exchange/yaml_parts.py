"""A YAML file read with its line numbers, so that every complaint says where (YAML 读取)."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

import yaml

from dacheng.core.errors import Finding, RuleError, Text

LONGEST_FILE = 256 * 1024
DEEPEST = 12
SHOWN_CHOICES = 30


class YamlRefused(RuleError):
    """A YAML file that cannot be used; ``findings`` names each place."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        line = f"{first.row}: " if first.row else ""
        more = len(findings) - 1
        zh, en = (f"（另有 {more} 处）", f" ({more} more)") if more else ("", "")
        super().__init__(Text(f"{line}{first.message.zh}{zh}", f"{line}{first.message.en}{en}"), first.remedy)
        self.findings = findings


@dataclass
class Complaints:
    """What was found wrong so far."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def add(self, rule: str, line: int | None, path: str, message: Text, remedy: Text, value: str = "") -> None:
        """Keep one complaint."""
        self.found.append(Finding(f"mapping/{rule}", message, remedy, "block", self.file, line, path, value))

    def settle(self) -> None:
        """Raise when there is any.

        Raises:
            YamlRefused: with all of them.
        """
        if self.found:
            raise YamlRefused(tuple(self.found))


def parse_yaml(text: str, complaints: Complaints) -> Part:
    """Return the top of a YAML text.

    Raises:
        YamlRefused: no YAML, empty, too long, too deep, or with anchors (a few bytes of
            them can stand for gigabytes).
    """
    if len(text) > LONGEST_FILE:
        raise _refused(complaints, "too-long", None, Text("文件超过 256 KB。", "The file is longer than 256 KB."))
    try:
        _check_events(text, complaints)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "not YAML"
        raise _refused(
            complaints,
            "not-yaml",
            mark.line + 1 if mark else None,
            Text(f"不是有效的 YAML：{said}。", f"This is not YAML: {said}."),
        ) from error
    if node is None:
        raise _refused(complaints, "empty", None, Text("文件是空的。", "The file is empty."))
    return Part(node, "", complaints)


def _check_events(text: str, complaints: Complaints) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise _refused(
                complaints, "anchor", line, Text("不支持锚点和引用（& *）。", "Anchors (& and *) are not read.")
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refused(complaints, "too-deep", line, Text("嵌套太深。", "It is nested too deeply."))


def _refused(complaints: Complaints, rule: str, line: int | None, message: Text) -> YamlRefused:
    remedy = Text(
        "可参照 docs/reference/mapping.md 的示例。", "Compare it with the example in docs/reference/mapping.md."
    )
    complaints.add(rule, line, "", message, remedy)
    return YamlRefused(tuple(complaints.found))


@dataclass(frozen=True)
class Part:
    """One place of the file; what it is asked for and is not goes to the complaints.

    Args:
        key: the key that it stands behind, if any.
    """

    node: yaml.Node
    path: str
    complaints: Complaints
    key: yaml.Node | None = None

    @property
    def line(self) -> int:
        """Return its line, from 1: that of its key, where it has one."""
        mark = (self.key or self.node).start_mark
        return int(mark.line) + 1 if mark else 1

    @property
    def is_text(self) -> bool:
        """Tell whether it is a single value."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_list(self) -> bool:
        """Tell whether it is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def text(self) -> str:
        """Return a single value as it is written; empty for nothing."""
        if isinstance(self.node, yaml.ScalarNode):
            return "" if self.node.tag.endswith(":null") else str(self.node.value).strip()
        self.complain("not-a-value", Text("这里需要一个值。", "A single value is wanted here."))
        return ""

    def flag(self) -> bool:
        """Return a yes or a no."""
        word = self.text().lower()
        if word not in ("true", "false", "yes", "no"):
            self.complain("not-yes-or-no", Text(f"“{word}”不是 true 或 false。", f"“{word}” is not true or false."))
        return word in ("true", "yes")

    def whole(self, lowest: int = 1) -> int:
        """Return a whole number, from 1 unless said otherwise."""
        word = self.text()
        if not (word.isdecimal() and 0 < len(word) < 8 and int(word) >= lowest):
            self.complain(
                "not-a-number",
                Text(f"“{word}”不是 {lowest} 起的整数。", f"“{word}” is not a whole number from {lowest}."),
            )
            return 1
        return int(word)

    def one_of(self, choices: dict[str, str] | list[str]) -> str:
        """Return a word of a list, by its own spelling; complain with the list."""
        word = self.text()
        if word not in choices:
            self.complain(
                "unknown-word",
                Text(f"不认识“{word}”。", f"“{word}” is not known here."),
                possible(word, list(choices)),
                word,
            )
        return word

    def items(self) -> list[Part]:
        """Return the entries of a list; a single value is a list of one."""
        if isinstance(self.node, yaml.ScalarNode):
            return [self] if self.text() else []
        if isinstance(self.node, yaml.SequenceNode):
            return [Part(node, f"{self.path}[{at}]", self.complaints) for at, node in enumerate(self.node.value, 1)]
        self.complain("not-a-list", Text("这里需要一个列表。", "A list is wanted here."))
        return []

    def texts(self) -> tuple[str, ...]:
        """Return a list of single values."""
        return tuple(item.text() for item in self.items())

    def entries(self) -> dict[str, Part]:
        """Return ``key: value`` pairs with any keys; a key that stands twice is complained of."""
        if not isinstance(self.node, yaml.MappingNode):
            self.complain("not-a-block", Text("这里需要“键: 值”。", "“key: value” lines are wanted here."))
            return {}
        found: dict[str, Part] = {}
        for key_node, node in self.node.value:
            key = Part(key_node, self.path, self.complaints)
            name = key.text()
            if name in found:
                key.complain("twice", Text(f"“{name}”写了两次。", f"“{name}” stands twice."), value=name)
            found[name] = Part(node, f"{self.path}.{name}" if self.path else name, self.complaints, key_node)
        return found

    def fields(self, *known: str, required: tuple[str, ...] = ()) -> dict[str, Part]:
        """Return ``key: value`` pairs of known keys; others, and missing ones, are complained of."""
        found = self.entries()
        for name, part in found.items():
            if name not in known:
                part.complain(
                    "unknown-key",
                    Text(f"不认识“{name}”。", f"“{name}” is not known here."),
                    possible(name, list(known)),
                    name,
                )
        for name in required:
            if name not in found:
                self.complain("missing-key", Text(f"缺少“{name}”。", f"“{name}” is missing."), value=name)
        return {name: part for name, part in found.items() if name in known}

    def complain(self, rule: str, message: Text, remedy: Text | None = None, value: str = "") -> None:
        """Keep a complaint about this place."""
        general = Text("见 docs/reference/mapping.md。", "See docs/reference/mapping.md.")
        where = Text(f"{self.path}：{message.zh}", f"{self.path}: {message.en}") if self.path else message
        self.complaints.add(rule, self.line, self.path, where, remedy or general, value)


def possible(word: str, choices: list[str]) -> Text:
    """Return what may stand there, the nearest first."""
    near = get_close_matches(word.lower(), [choice.lower() for choice in choices], 1)
    meant = next((choice for choice in choices if near and choice.lower() == near[0]), "")
    listed = choices[:SHOWN_CHOICES]
    zh, en = "、".join(listed), ", ".join(listed)
    if meant:
        return Text(f"是不是“{meant}”？可用：{zh}。", f"Did you mean “{meant}”? Possible: {en}.")
    return Text(f"可用：{zh}。", f"Possible: {en}.")
