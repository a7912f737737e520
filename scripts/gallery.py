"""Show every component of the web shell with invented rows, to look at and to test: no database, no sign-in.

    python -m scripts.gallery [--port 8900]

The pages run under the product's content security policy; the answers to edits, saves and searches are invented
but keep the contracts of docs/explanation/web-islands.md, conflicts and refusals included:
an amount of 409 meets a conflict, one of 422 is refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from scripts import messages

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "dacheng" / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def configure() -> None:
    """Set Django up with the product's templates, words and assets, and nothing else."""
    settings.configure(
        DEBUG=False,
        SECRET_KEY="gallery",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="scripts.gallery_pages.urls",
        INSTALLED_APPS=["dacheng.web"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "scripts.gallery_pages.urls.under_policy",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [WEB / "templates", Path(__file__).parent / "gallery_pages" / "templates"],
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "libraries": {"figures": "dacheng.web.templatetags.figures"},
                },
            }
        ],
        LANGUAGE_CODE="zh-hans",
        LANGUAGES=[("zh-hans", "中文"), ("en", "English")],
        LOCALE_PATHS=[WEB / "locale"],
        STATIC_URL="/static/",
        CONTENT_POLICY=POLICY,
        DIST=WEB / "static" / "dist",
    )
    django.setup()


class Quiet(WSGIRequestHandler):
    """A request handler that does not log."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Threaded(ThreadingMixIn, WSGIServer):
    """A server that answers side by side."""

    daemon_threads = True


def main() -> None:
    """Serve until interrupted; the first line printed is {"port": …}."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8900, help="0 = any free port")
    options = parser.parse_args()
    messages.compile_catalog()
    configure()
    server = make_server("127.0.0.1", options.port, get_wsgi_application(), Threaded, Quiet)
    print(json.dumps({"port": server.server_port}), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
