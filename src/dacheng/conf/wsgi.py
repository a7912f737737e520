"""The WSGI application that the server runs."""

from __future__ import annotations

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.db import connections

from dacheng.conf.trimming import trim_after_requests

YOUNG_OBJECTS = 200_000
"""Objects that may come into being before the collector looks: a page's rows are no reason to search everything."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dacheng.conf.settings")
application = get_wsgi_application()

import_module("dacheng.conf.page_urls")  # now, and not with the first request
gc.collect()
gc.freeze()  # what is loaded stays; looking through it again at every collection took a third of a page's time
gc.set_threshold(YOUNG_OBJECTS, 10, 10)
trim_after_requests()
connections.close_all()  # the processes of a server part after this; two of them must not share a connection
