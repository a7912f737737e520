"""Django settings: everything a company may set comes from the environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dacheng.conf.database import database

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("DACHENG_HOME", Path.home() / ".dacheng"))


def _secret_key() -> str:
    """Return the key of this installation, made once and kept readable by its owner only."""
    given = os.environ.get("DACHENG_SECRET_KEY")
    if given:
        return given
    file = HOME / "secret_key"
    if not file.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(50))
    return file.read_text()


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("DACHENG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SECURE = os.environ.get("DACHENG_HTTPS", "") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "dacheng.store",
    "dacheng.web",
]
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'dacheng.sqlite3'}")}
AUTH_USER_MODEL = "store.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
ROOT_URLCONF = "dacheng.conf.urls"
