"""Django settings: everything a company may set comes from the environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dacheng.service.database_urls import database

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
    "django_tasks_db",
    "dacheng.store",
    "dacheng.web",
]
MIDDLEWARE = [
    "dacheng.conf.addressing.addresses_of_pages",
    "dacheng.web.middleware.question_let_go",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dacheng.web.middleware.PreferencesMiddleware",
    "dacheng.api.middleware.ApiProblemsMiddleware",
    "dacheng.web.middleware.ProblemsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "dacheng.web.frame.frame",
            ]
        },
    }
]
ROOT_URLCONF = "dacheng.conf.urls"
WSGI_APPLICATION = "dacheng.conf.wsgi.application"
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'dacheng.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "store.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "dacheng.store.signing_in.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "web:sign-in"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "dacheng.web.signing_in.as_any_failure"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "web" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dacheng.web.problems.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
API_CALLS_PER_MINUTE = int(os.environ.get("DACHENG_API_CALLS_PER_MINUTE", "600"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_500  # a target grid without JavaScript: 160 rows of 12 months
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 0
UPLOADS = HOME / "uploads"
"""Files that wait between their preview and their import: private, for a day."""

RESULTS = HOME / "results"
"""Files that background jobs made: private, until the rule jobs.kept_days lets them go."""
FROZEN = HOME / "frozen"
"""Frozen Books, one folder each: kept for good, to be backed up with the database."""
REPLICAS = HOME / "replica"
"""Columnar replicas, one folder a database: they can be removed at any time and are built again."""
REPLICA = os.environ.get("DACHENG_REPLICA", "auto")
"""``on``, ``off``, or ``auto``: as the rule replica.use says."""
ANSWERS_BYTES = int(os.environ.get("DACHENG_ANSWERS_MB", "8")) * 2**20
"""Room for answers that a process remembers until something is recorded; 0 = none."""
JOB_TASK = "dacheng.conf.jobs.run_job"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
