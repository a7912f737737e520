"""Run as a program: import a batch into the database of DATABASE_URL, telling when the writing begins."""

from __future__ import annotations

import sys

ROWS = 1500


def batch():
    from dacheng.core.staging import Batch, Staged
    from tests.store.company import START, on

    rows = [Staged("customers", f"N{at}", {"name": f"客户{at}"}, START) for at in range(100)]
    for at in range(ROWS):
        values = {
            "name": f"商机{at}",
            "owner_id": "li",
            "stage_id": "lead",
            "customer_id": f"N{at % 100}",
            "amount": at,
        }
        rows.append(Staged("deals", f"X{at}", values, on(3, 1), ((on(4, 1), {"stage_id": "won"}),)))
    return Batch("crm", "a.xlsx", "CNY", tuple(rows))


def main() -> None:
    import django

    django.setup()
    from dacheng.core.access import SYSTEM
    from dacheng.store.actions.imports import commit_import
    from tests.store.company import AT

    ready = batch()
    print("ready", flush=True)
    sys.stdin.readline()
    commit_import(actor=SYSTEM, at=AT, batch=ready)
    print("done", flush=True)


if __name__ == "__main__":
    main()
