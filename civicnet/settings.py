"""The settings, from the environment; `.env.example` explains every variable.

Nothing here becomes less safe because a variable is absent: without a secret key or a database
there is no start, and without an address the site answers to `localhost` alone, over https.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from civicnet import database, demo
from civicnet import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# A command without a database uses the one of `make demo`, if there has been one here. A process
# that serves visitors never does so by itself.
if not env.text("DATABASE_URL") and not env.SERVING and demo.exists(VAR_DIR):
    demo.lend(VAR_DIR)

# ------------------------------------------------------------------ what this site is
SITE_NAME = env.text("SITE_NAME", "civicnet")
PUBLISHER = env.text("PUBLISHER")
CONTACT_EMAIL = env.text("CONTACT_EMAIL")
SECURITY_CONTACT = env.text("SECURITY_CONTACT")
LICENCE_NAME = env.text("LICENCE_NAME", "CC BY 4.0")
LICENCE_URL = env.web_address("LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/")
BASE_URL = env.base_address("BASE_URL", "https://localhost")

# ------------------------------------------------------------------ database and secret
DATABASE_URL = env.text("DATABASE_URL")
SECRET_KEY = env.text("SECRET_KEY")
# Those of before: what was signed or sealed with them holds, and nothing new is.
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS")
if not DATABASE_URL:
    env.refuse(
        "set DATABASE_URL, as in postgresql://user:password@host/civicnet,"
        " or run “make demo” once to have a database of its own."
    )
if len(SECRET_KEY) < 50:
    env.refuse("set SECRET_KEY to at least 50 random signs, kept secret and unchanged.")
if any(len(secret) < 50 for secret in SECRET_KEY_FALLBACKS):
    env.refuse("SECRET_KEY_FALLBACKS must name former keys, whole, separated by commas.")
DATABASES = {"default": database.configuration(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ------------------------------------------------------------------ safety
DEBUG = env.flag("DEBUG", default=False)
HTTPS = BASE_URL.startswith("https://")
if DEBUG and HTTPS:
    env.refuse("DEBUG is for work on this machine: it needs BASE_URL=http://127.0.0.1:8000.")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS") or [urlsplit(BASE_URL).hostname or ""]
if "*" in ALLOWED_HOSTS:
    env.refuse("ALLOWED_HOSTS must name the hosts; “*” would accept every one.")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "civicnet.refusals.forged"

_proxy_header = env.text("PROXY_HTTPS_HEADER")
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_" + _proxy_header.upper().replace("-", "_"), "https") if _proxy_header else None
)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=False)
if SECURE_HSTS_PRELOAD and not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    env.refuse("HSTS_PRELOAD needs HSTS_SUBDOMAINS=true: only whole domains are preloaded.")
# W005 and W021 ask for subdomains and preload, which bind what is not this site's, for years:
# the operator decides.
# W002 asks for the middleware of X-Frame-Options: civicnet.middleware sends that header.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Named as in Django 6, which brings its own middleware for it.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# Behind the map. Without an address there are no tiles, and no other host is asked for anything.
TILES = env.tiles("TILE_URL", "TILE_ATTRIBUTION")
if TILES:
    SECURE_CSP["img-src"].append(TILES.origin)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=()"
PERMISSIONS_POLICY_WITH_POSITION = "camera=(), geolocation=(self), microphone=()"

# A name with __Host- is kept by browsers only when Secure and for this host alone, so it can be
# had over https only; http is for 127.0.0.1.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 7 * 24 * 3600
# Sent to the admin alone, which a name with __Host- does not allow; so is the next.
KNOWN_BROWSER_COOKIE_NAME = "__Secure-known" if HTTPS else "known"
LANGUAGE_COOKIE_NAME = "__Secure-language" if HTTPS else "language"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

AUTH_USER_MODEL = "staff.User"
LOGIN_URL = "admin:login"
# Of whoever publishes or gives rights; the demo alone leaves it to them.
SECOND_FACTOR = env.choice("SECOND_FACTOR", "required", ("required", "optional"))
if SECOND_FACTOR == "optional" and HTTPS:
    env.refuse("SECOND_FACTOR=optional is for this machine: it needs BASE_URL=http://127.0.0.1.")
# What the app that shows the codes calls this site.
OTP_TOTP_ISSUER = SITE_NAME
# How long the audit of logins and publications is kept.
AUDIT_DAYS = env.number("AUDIT_DAYS", default=365, least=30, most=3650)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# A picture of 10 MB goes to a temporary file; the limit on pictures themselves is with pictures.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o644

# ------------------------------------------------------------------ applications
INSTALLED_APPS = [
    "modeltranslation",  # before the admin, as it asks
    "civicnet.apps.CivicnetAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django_filters",
    "reversion",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "clock",
    "staff",
    "places",
    "directory",
    "links",
    "orgs",
    "networks",
    "projects",
    "exchange",
    "exports",
    "dumps",
    "api",
    "civicnet",
]
MIDDLEWARE = [
    "civicnet.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "civicnet.middleware.RequestLog",
    "api.middleware.Api",
    "civicnet.middleware.ReadOnly",
    "civicnet.page_cache.PageCache",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "civicnet.middleware.Language",
    "civicnet.middleware.DatabaseAway",
]
ROOT_URLCONF = "civicnet.urls"
WSGI_APPLICATION = "civicnet.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "civicnet.context.site",
            ],
        },
    },
]
FORM_RENDERER = "civicnet.form_renderer.FormRenderer"

# ------------------------------------------------------------------ languages and time
LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["civicnet.formats"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "it"
MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = lambda label, code: (  # noqa: E731
    f"{label} · {dict(LANGUAGES)[code]}"
)
MODELTRANSLATION_LANGUAGES = ("it", "en")
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("it", "en"), "it": ("en",), "en": ("it",)}
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Rome"

# ------------------------------------------------------------------ files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
SERVE_MEDIA = env.flag("SERVE_MEDIA", default=False)
# Parts of pages that no row is in, made once in each process: see ``{% cache %}`` in templates.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "standing": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "standing",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

STORAGES = {
    "default": {"BACKEND": "directory.storage.AtomicFileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "civicnet.styles.JoinedStaticFilesStorage"
    },
}

# ------------------------------------------------------------------ mail
_mail = env.mail("EMAIL_URL")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
MAIL_IS_SET = bool(EMAIL_HOST)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", CONTACT_EMAIL)
if MAIL_IS_SET and not DEFAULT_FROM_EMAIL:
    env.refuse("EMAIL_URL needs a sender: set EMAIL_FROM or CONTACT_EMAIL.")

# ------------------------------------------------------------------ rendered pages
# Memory of each worker for pages that were rendered already; 0 keeps none.
PAGE_CACHE_MB = env.number("PAGE_CACHE_MB", default=24, least=0, most=1000)

# ------------------------------------------------------------------ files of open data
# How many may be read at a time in each worker; each keeps a thread and a connection while it is.
EXPORT_POOL_SIZE = env.number("EXPORT_POOL_SIZE", default=2, least=1, most=50)

# ------------------------------------------------------------------ API
# Of one address; 0 counts nothing. The header is one that the proxy always overwrites.
API_REQUESTS_PER_MINUTE = env.number("API_REQUESTS_PER_MINUTE", default=300, least=0, most=100_000)
PROXY_ADDRESS_HEADER = env.text("PROXY_ADDRESS_HEADER")

# ------------------------------------------------------------------ logs
_log_level = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "civicnet.logs.JSONFormatter"}},
    "filters": {"without_visitor": {"()": "civicnet.logs.WithoutVisitor"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": _log_level},
    "loggers": {
        "django": {"handlers": [], "level": _log_level},
        # Its lines say again what RequestLog says; what went wrong is logged as an error.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "psycopg.pool": {"level": "ERROR"},
        # In place of its own handler. The filter is the logger's: it also holds for what gunicorn
        # adds when it reads its configuration again.
        "gunicorn.error": {
            "handlers": ["stderr"],
            "filters": ["without_visitor"],
            "propagate": False,
        },
        # Warns of every answer to HEAD, whose body it drops, as it should.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}
