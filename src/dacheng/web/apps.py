"""The pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, templates, translations and assets."""

    name = "dacheng.web"
    label = "web"
