"""The reference page of the schema keeps step with the schema."""

from __future__ import annotations

from dacheng.core.schema import RELATIONS
from scripts.schema_reference import SCHEMA_PAGE, schema_page


def test_the_page_of_the_schema_is_what_the_schema_says():
    assert SCHEMA_PAGE.read_text("utf-8") == schema_page(), "run `make reference`"


def test_the_page_tells_every_column_of_every_relation():
    page = schema_page()

    for relation in RELATIONS.values():
        section = page.split(f"\n## {relation.name}\n")[1].split("\n## ")[0]
        own = 1 if relation.entity else 0
        assert section.count("\n| `") == len(relation.columns) - own, relation.name
