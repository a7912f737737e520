"""Write the table of operations in docs/reference/api.md: `.venv/bin/python -m scripts.write_api_reference`.

The table comes from the OpenAPI document; a test compares, so that no operation changes its name unseen.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs/reference/api.md"
BEGIN, END = "<!-- operations -->\n", "<!-- end of operations -->\n"
PREFIX = "/api/v1/"


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    from dacheng.api.app import api

    return dict(api.get_openapi_schema(path_prefix=PREFIX))


def table() -> str:
    """Return one line for each operation: name, method and path, right, what it does."""
    lines = ["| operation | | right | |", "|---|---|---|---|"]
    for path, methods in document()["paths"].items():
        for method, one in methods.items():
            call = f"`{method.upper()} {path.removeprefix(PREFIX.rstrip('/'))}`"
            lines.append(f"| `{one['operationId']}` | {call} | `{one['x-action']}` | {one['summary']} |")
    return "\n".join(lines) + "\n"


def page_with_operations() -> str:
    """Return the page with the table of the operations that there are."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


def main() -> None:
    """Write the page."""
    os.environ.setdefault("DACHENG_SECRET_KEY", "only to read the API's own description")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dacheng.conf.settings")
    import django

    django.setup()
    PAGE.write_text(page_with_operations(), "utf-8")


if __name__ == "__main__":
    main()
