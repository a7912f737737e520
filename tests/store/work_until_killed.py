"""Run as a program: begets workers, each for a database and a home, that tell what they take up, to be killed.

Loading the product takes longer than what is tested; so it is loaded once, and every worker is a fork of this process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path


def work_on(url: str, home: str) -> None:
    from django.conf import settings

    from dacheng.conf.jobs import work
    from dacheng.service import job_running
    from tests.store.switching import using

    settings.RESULTS, settings.UPLOADS = Path(home) / "results", Path(home) / "uploads"
    real = job_running.viewer_now

    def told(*given):
        print(f"doing {os.getpid()}", flush=True)
        return real(*given)

    job_running.viewer_now = told
    with using(url):
        work()


def main() -> None:
    import django

    django.setup()
    from dacheng.conf import jobs

    assert jobs
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        if os.fork() == 0:
            work_on(*json.loads(line))
            os._exit(0)


if __name__ == "__main__":
    main()
