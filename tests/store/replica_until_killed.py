"""Run as a program: bring the replica up to date, and stop at one of the points where a kill could hurt most.

    python -m tests.store.replica_until_killed POINT

The points are counted from 0: before each piece that is read or written, and before and after each file appears.
It prints "at POINT" and waits to be killed, or "done" when there are fewer points.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


class Points:
    def __init__(self, last: int) -> None:
        self.passed, self.last = 0, last

    def reach(self) -> None:
        if self.passed == self.last:
            print(f"at {self.last}", flush=True)
            time.sleep(60)
        self.passed += 1


def main(point: int) -> None:
    import django

    django.setup()
    from dacheng.service.replicating import refresh

    points, plain = Points(point), Path.replace

    def replace(self, target):
        points.reach()
        moved = plain(self, target)
        points.reach()
        return moved

    Path.replace = replace
    refresh(0, step=points.reach, is_gone=lambda _number: True)
    print(f"done {points.passed}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
