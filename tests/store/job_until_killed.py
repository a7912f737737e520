"""Run as a program: a worker that stops half way through the first file it writes, and waits to be killed."""

from __future__ import annotations

import time


def main() -> None:
    import django

    django.setup()
    from dacheng.conf.jobs import work
    from dacheng.service import report_jobs

    def half(answer, kind, out, **rest):
        out.write(b"half a file")
        out.flush()
        print("writing", flush=True)
        time.sleep(60)

    report_jobs.write_export = half
    work()


if __name__ == "__main__":
    main()
