"""Run as a program: restore the backup named on the command line into the database of DATABASE_URL."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    import django

    django.setup()
    from dacheng.service.backing_up import restore

    print("ready", flush=True)
    sys.stdin.readline()
    restore(Path(sys.argv[1]))
    print("done", flush=True)


if __name__ == "__main__":
    main()
