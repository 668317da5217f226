"""All settings, each read once from the environment: README.md has the table, .env.example a file to start from."""

import os
import secrets
from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF
from whitenoise.compress import Compressor

from dashboard import environment as read
from dashboard import zone_rules
from dashboard.environment import PROJECT
from dashboard.identity.roles import GROUPS_WANTED, RolesOfGroups, read_groups

# Before a name is asked for: no client of a database or of Redis has a time-out for that, and the system's is ten seconds for
# each name server that says nothing (docs/decisions/0097).
os.environ.setdefault("RES_OPTIONS", "timeout:1 attempts:2")

# Copper
COPPER_API_KEY = read.text("COPPER_API_KEY")
COPPER_API_URL = read.text("COPPER_API_URL", "https://api.usecopper.com/v1")
COPPER_ACCOUNT = read.text("COPPER_ACCOUNT")
COPPER_CONNECT_TIMEOUT = read.number("COPPER_CONNECT_TIMEOUT", 3, least=0.1, most=60)  # seconds
COPPER_READ_TIMEOUT = read.number("COPPER_READ_TIMEOUT", 15, least=0.1, most=120)  # seconds
COPPER_MAX_PAUSE = read.number("COPPER_MAX_PAUSE", 120, least=1, most=3600)  # seconds
COPPER_MAX_CONCURRENCY = read.whole("COPPER_MAX_CONCURRENCY", 8, least=1, most=64)
COPPER_CACHE_SECONDS = read.number("COPPER_CACHE_SECONDS", 15, least=0, most=86_400)
STALE_MINUTES = read.number("STALE_MINUTES", 60, least=0, most=1440)
SEARCH_TIME_BUDGET = read.number("SEARCH_TIME_BUDGET", 2.0, least=0.1, most=60)  # seconds
LIST_COLUMNS = read.text("LIST_COLUMNS")  # that lists begin with, as `columns` in an address; empty: the built-in ones
SEARCH_DEFAULT_DAYS = read.whole("SEARCH_DEFAULT_DAYS", 30, least=1, most=3650)

DUPLICATE_MINUTES = read.whole("DUPLICATE_MINUTES", 30, least=0, most=1440)  # 0: nothing is marked
TICKET_SUMMARY = read.text("TICKET_SUMMARY")  # the properties on top of a ticket, as in `columns=` of an address
NOTES = read.flag("NOTES", default=True)  # on tickets, where people log in
NOTES_RETENTION_DAYS = read.whole("NOTES_RETENTION_DAYS", 365, least=0, most=3650)  # 0: for ever

# Exports, look-ups and counting: how many at a time, in one process and in all of them, and who reads too slowly
LONG_ANSWERS = read.whole("LONG_ANSWERS", 2, least=1, most=64)
LONG_ANSWERS_IN_ALL = read.whole("LONG_ANSWERS_IN_ALL", 0, least=0, most=10_000)  # 0: as many as the processes allow
SLOWEST_READER = read.whole("SLOWEST_READER", 2_000, least=0, most=1_000_000)  # bytes a second; 0: never too slow

# Who may enter, and from where
DEBUG = read.flag("DEBUG", default=False)
SECRET_KEY = read.text("SECRET_KEY")
if not SECRET_KEY:
    SECRET_KEY = secrets.token_urlsafe(50)  # Django cannot even report its absence without one
    if not DEBUG and not read.noted("SECRET_KEY"):
        read.problems.append("SECRET_KEY is not set. Set it to a long random text that only this site knows.")
LOGIN_REQUIRED = read.flag("LOGIN_REQUIRED", default=True)
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = read.words("ALLOWED_HOSTS") or (LOOPBACK_HOSTS if DEBUG or not LOGIN_REQUIRED else [])
CSRF_TRUSTED_ORIGINS = read.origins("CSRF_TRUSTED_ORIGINS")

# --- the proxy with TLS in front (docs/deploy.md) ---
# Plain http is for this machine alone: without login, with DEBUG, or where `make run` says so.
SERVED_OVER_HTTPS = read.flag("SERVED_OVER_HTTPS", default=LOGIN_REQUIRED and not DEBUG)
HSTS_SECONDS = read.whole("HSTS_SECONDS", 31_536_000, least=0, most=126_144_000)  # a year; at most four
TRUSTED_PROXIES = read.networks("TRUSTED_PROXIES", "127.0.0.1,::1")
TRUSTED_PROXIES_NAMED = read.given("TRUSTED_PROXIES")  # a header that names people is not believed by default
# --- end of the proxy with TLS ---

# --- Who people are: log-in, sessions, single sign-on (dashboard/identity; docs/decisions/0020 to 0024) ---
LOGIN_URL = LOGOUT_REDIRECT_URL = "login"
LOGIN_REDIRECT_URL = "tickets:home"
SESSION_IDLE_MINUTES = read.whole("SESSION_IDLE_MINUTES", 60, least=1, most=1440)
SESSION_MAX_HOURS = read.whole("SESSION_MAX_HOURS", 12, least=1, most=720)
SESSION_COOKIE_AGE = SESSION_MAX_HOURS * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_HASHERS = [
    "dashboard.identity.backends.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # passwords kept before Argon2; made new at the next log-in
]
LOGIN_HASHES_PER_SECOND = read.number("LOGIN_HASHES_PER_SECOND", 5, least=0.1, most=1000)
# Guessing: ten failures of a user name from an address, then a quarter of an hour (RELIABILITY.md, section 4).
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else who guesses on keeps the owner out for ever
AXES_CLIENT_IP_CALLABLE = "dashboard.proxy.client_address"
AXES_WHITELIST_CALLABLE = "dashboard.identity.throttle.is_no_password"
AXES_LOCKOUT_CALLABLE = "dashboard.identity.login.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next", "csrfmiddlewaretoken"]  # next may hold what is searched
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
REMOTE_USER_HEADER = read.text("REMOTE_USER_HEADER")
REMOTE_GROUPS_HEADER = read.text("REMOTE_GROUPS_HEADER")
REMOTE_GROUPS: RolesOfGroups = read.parsed("REMOTE_GROUPS", read_groups, {}, GROUPS_WANTED)
OIDC_ISSUER = read.text("OIDC_ISSUER")
OIDC_CLIENT_ID = read.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = read.text("OIDC_CLIENT_SECRET")
OIDC_GROUPS: RolesOfGroups = read.parsed("OIDC_GROUPS", read_groups, {}, GROUPS_WANTED)
OIDC_GROUPS_CLAIM = read.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_RP_SCOPES = read.text("OIDC_SCOPES", "openid email profile")
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 5  # seconds
OIDC_AUTHENTICATION_CALLBACK_URL = "sso-callback"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: who is locked out is turned away before anything is hashed
    "dashboard.identity.backends.Accounts",
    *(["dashboard.identity.oidc.SingleSignOn"] if OIDC_ISSUER else []),
    *(["dashboard.identity.proxy_login.ProxyUsers"] if REMOTE_USER_HEADER else []),
    *([] if LOGIN_REQUIRED else ["dashboard.identity.backends.ThisMachine"]),
]
# --- end of who people are ---

# --- Seeing what is done and how it runs (audit/, dashboard/operations; docs/operations.md) ---
AUDIT_SEARCH_TEXT = read.flag("AUDIT_SEARCH_TEXT", default=False)
AUDIT_REQUIRED = read.flag("AUDIT_REQUIRED", default=LOGIN_REQUIRED)  # no page with tickets that is not recorded
AUDIT_RETENTION_DAYS = read.whole("AUDIT_RETENTION_DAYS", 365, least=0, most=3650)  # 0: for ever
METRICS_TOKEN = read.text("METRICS_TOKEN")
# Logs, on standard output, a line of JSON each, without keys and search texts whatever the level.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "dashboard.operations.logs.JsonLine"}},
    "handlers": {
        "out": {"class": "dashboard.operations.logs.Output", "stream": "ext://sys.stdout", "formatter": "json"}
    },
    "root": {"handlers": ["out"], "level": read.one_of("LOG_LEVEL", "INFO", "DEBUG", "WARNING", "ERROR")},
    "loggers": {
        "django": {"handlers": [], "level": "NOTSET"},  # Django's own handlers write plain text
        # At DEBUG these write what people typed: values in statements, and all that a template could see.
        "django.db.backends": {"level": "INFO"},
        "django.template": {"level": "INFO"},
        "django.server": {"handlers": ["out"], "propagate": False},
    },
}
DEFAULT_EXCEPTION_REPORTER = "dashboard.operations.insides.Insides"  # the page of DEBUG
# --- end of seeing ---

# Parts
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "dashboard.static_files.UsedStaticFiles",  # django.contrib.staticfiles
    "django_htmx",
    "django_include_bootstrap",
    "csp",
    "axes",
    "dashboard.identity",
    "audit",
    "tickets_app",
    "dashboard",
]
MIDDLEWARE = [
    "tickets_app.long_runs.unsent.Unsent",  # outside of all others: it closes what any of them made and did not send
    "tickets_app.middleware.ServerTiming",  # outside of all that costs time, compression too
    # Whatever answers below, also an error, leaves through these.
    "dashboard.proxy.TrustedProxy",
    "dashboard.headers.Headers",
    "dashboard.headers.ContentPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tickets_app.middleware.Compressed",
    "tickets_app.middleware.Private",
    "dashboard.headers.Methods",
    "dashboard.operations.health.Alive",
    "dashboard.operations.metrics.Metrics",
    "dashboard.operations.request_log.RequestLog",
    "dashboard.readable.Readable",
    "dashboard.database.patience.DatabasePatience",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *([] if LOGIN_REQUIRED else ["dashboard.loopback.OnlyThisMachine"]),
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dashboard.identity.sessions.SessionEnds",
    *(["dashboard.identity.proxy_login.ProxyLogin"] if REMOTE_USER_HEADER and LOGIN_REQUIRED else []),
    "dashboard.identity.gate.Gate",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "dashboard.urls"
WSGI_APPLICATION = "dashboard.wsgi.application"
TEMPLATES = [
    {  # *.jinja: what is long, or comes with every row
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PROJECT / "templates"],
        "OPTIONS": {"environment": "tickets_app.display.fragments.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["tickets_app.templatetags.fragment"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tickets_app.display.person.context",
            ],
        },
    },
]

# Where things are kept
DATABASE_CONNECT_TIMEOUT = read.whole("DATABASE_CONNECT_TIMEOUT", 2, least=2, most=60)  # seconds
DATABASE_TIMEOUT = read.number("DATABASE_TIMEOUT", 2, least=0.5, most=60)  # seconds that a page waits for it in all
DATABASES: dict[str, dict[str, Any]] = {"default": read.database("DATABASE_URL", f"sqlite:///{PROJECT / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers wait for each other instead of failing (seconds), and take their lock before they read. The journal stays, which
    # spares each commit two waits for the disk.
    DATABASES["default"] |= {
        "ENGINE": "dashboard.database.sqlite",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": DATABASE_TIMEOUT,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode = PERSIST",
        },
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["ENGINE"] = "dashboard.database.postgresql"
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", DATABASE_CONNECT_TIMEOUT)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES: dict[str, dict[str, Any]] = {
    "default": read.cache("CACHE_URL", {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"})
}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["default"]["BACKEND"] = "tickets_app.gateway.cache.TextRedisCache"
    # A cache that does not answer at once is no help (seconds).
    CACHES["default"]["OPTIONS"] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
elif CACHES["default"]["BACKEND"].endswith("LocMemCache"):
    CACHES["default"]["BACKEND"] = "tickets_app.gateway.cache.QuickLocMemCache"
# Copper's answers are many and large: in memory they lie apart, push out nothing else, and of each other the oldest.
CACHES["answers"] = dict(CACHES["default"])
if CACHES["answers"]["BACKEND"].endswith("LocMemCache"):
    CACHES["answers"] |= {"LOCATION": "answers", "OPTIONS": {"MAX_ENTRIES": 300, "CULL_FREQUENCY": 300}}
# Seconds after which a process that tells the others nothing through Redis is taken for dead (decision 46).
PROCESS_LEASE = 2.0
# In the database: with the cache in front, a dead Redis is a 500 (RELIABILITY.md, 0.6).
SESSION_ENGINE = "dashboard.identity.session_store"

# Time and language
USE_TZ = True
zone_rules.use_the_newest()
TIME_ZONE = read.zone("TIME_ZONE", "UTC")
LANGUAGE_CODE = "en"
USE_I18N = False

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = PROJECT / "staticfiles"
STATICFILES_DIRS = [PROJECT / "static"]
STORAGES = {
    "staticfiles": {"BACKEND": "dashboard.static_files.Storage"},
}
WHITENOISE_MANIFEST_STRICT = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")  # source maps: developers alone
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nothing of ours is for other sites

# --- safety: cookies, transport, content (docs/decisions/0040-headers.md) ---
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dashboard.errors.csrf_failure"
if SERVED_OVER_HTTPS:
    # With this prefix a browser takes them from this very host over TLS only: no neighbouring site can set them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # others' are dropped by dashboard.proxy
SECURE_SSL_REDIRECT = SERVED_OVER_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # machines ask inside the network, by address
SECURE_HSTS_SECONDS = HSTS_SECONDS if SERVED_OVER_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers' preload lists are for public hosts. An HSTS_SECONDS of 0 is a person's choice, for a first trial.
SILENCED_SYSTEM_CHECKS = ["security.W021", *(["security.W004"] if HSTS_SECONDS == 0 else [])]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's icons are in its style sheet
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# --- end of safety ---
