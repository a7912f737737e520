"""Run as a program: a web process that answers the pipeline whenever it is asked, a line of JSON each time."""

from __future__ import annotations

import json
import sys


def main() -> None:
    import django

    django.setup()
    from dacheng.service.books import open_database
    from dacheng.service.labels import DatabaseNames
    from dacheng.service.replica_status import freshness_of
    from dacheng.service.reports import run_report
    from tests.store.company import AT, SYSTEM

    for _asked in sys.stdin:
        book = open_database(SYSTEM, at=AT)
        table = run_report("deals/list", {}, book=book, names=DatabaseNames()).table
        print(json.dumps([freshness_of(book) is not None, table.rows()]), flush=True)


if __name__ == "__main__":
    main()
