"""The only settings: with nothing set they are the embedded default. docs/settings.md explains."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(ROOT / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

# --- where it runs ------------------------------------------------------------------------------
BASE_URL = env.url("BASE_URL", "http://127.0.0.1:8000")
HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", urlsplit(BASE_URL).port or 8000, 1)
DEBUG = env.switch("DEBUG", False)
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret_key")
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "rrmm.sqlite3")}
DATABASE_POOL = env.number("DATABASE_POOL", 20, 1)  # of a web process (asgi.py)
KAFKA_URL = env.brokers("KAFKA_URL", DATABASES)
KAFKA_PARTITIONS = env.number("KAFKA_PARTITIONS", 12, 1)
KAFKA_REPLICATION = env.number("KAFKA_REPLICATION", 1, 1)
KAFKA_RETENTION_DAYS = env.number("KAFKA_RETENTION_DAYS", 7, 1)
KAFKA_SESSION_TIMEOUT = env.number("KAFKA_SESSION_TIMEOUT", 6, 2)
KAFKA_SWEEP_SECONDS = env.number("KAFKA_SWEEP_SECONDS", 5, 1)
KAFKA_PREFIX = env.text("KAFKA_PREFIX", "rrmm.")
METRICS_TOKEN = env.token("METRICS_TOKEN")
DEMO = env.switch("DEMO", True)
DEMO_PORT = env.number("DEMO_PORT", 8010, 1)
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += env.words("ALLOWED_HOSTS")
SECURE = BASE_URL.startswith("https:")

# --- what it is made of -------------------------------------------------------------------------
TOPOLOGY = env.text("TOPOLOGY", "config.topology.TOPOLOGY")
JOBS = env.text("JOBS", "config.topology.JOBS")
SIGNIN_LINK_COMMAND = ("signin_link",)
DEMO_COMMANDS = (("demo_network",),)
DEMO_REMOVED = "demo.removed"  # the act in the trail that keeps a removed demonstration away
FEEDS_FILE = Path(env.text("FEEDS_FILE", str(ROOT / "config" / "feeds.toml")))
MODEL_FILE = Path(env.text("MODEL_FILE", str(ROOT / "models" / "data" / "flashpoint.skops")))
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "streams",
    "streams.collectors",
    "streams.mail",
    "experts",
    "rrmm.accounts",
    "rrmm.flashpoints",
    "rrmm.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rrmm.web.middleware.Headers",
    "rrmm.web.middleware.OnlyText",
    "rrmm.web.middleware.StaffOnly",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who may come in ----------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "accounts:signin"
LOGIN_REDIRECT_URL = "staff:desk"
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "rrmm.web.accounts.signin.locked_out"
CSRF_FAILURE_VIEW = "rrmm.web.errors.no_token"
SIGNIN_LINK_MINUTES = 10
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- words, numbers, time -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
SERVESTATIC_USE_FINDERS = env.switch("STATIC_FINDERS", True)
SERVESTATIC_MAX_AGE = 3600
SERVESTATIC_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- collecting ---------------------------------------------------------------------------------
COLLECT_ALLOW = env.pairs("COLLECT_ALLOW")

# --- mail ---------------------------------------------------------------------------------------
MAIL_BACKEND = env.choice("MAIL_BACKEND", ("mailbox", "smtp", "sendgrid"), "mailbox")
MAIL_FROM = env.text("MAIL_FROM", "RRMM desk <desk@rrmm.example>")
MAIL_TIMEOUT = env.number("MAIL_TIMEOUT", 20, 1)
EMAIL_HOST = env.text("SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("SMTP_PORT", 25, 1)
EMAIL_HOST_USER = env.text("SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("SMTP_PASSWORD")
EMAIL_USE_TLS = env.switch("SMTP_STARTTLS", False)
EMAIL_USE_SSL = env.switch("SMTP_TLS", False)
EMAIL_TIMEOUT = MAIL_TIMEOUT
SENDGRID_API_KEY = env.text("SENDGRID_API_KEY")
SENDGRID_URL = env.url("SENDGRID_URL", "https://api.sendgrid.com")

# --- cases and asks -----------------------------------------------------------------------------
CASE_LEASE_MINUTES = env.number("CASE_LEASE_MINUTES", 15, 1)
ASK_HOLD = env.number("ASK_HOLD", 120)
ASK_SLOTS = env.number("ASK_SLOTS", 2, 1)
ASK_EXTRA = env.number("ASK_EXTRA", 1)
ASK_ANSWER_MINUTES = env.number("ASK_ANSWER_MINUTES", 60, 1)
ASK_UNDO_MINUTES = env.number("ASK_UNDO_MINUTES", 30)
ESCALATION: dict[str, float] = {}

# --- keeping ------------------------------------------------------------------------------------
KEEP_DELIVERIES_DAYS = env.number("KEEP_DELIVERIES_DAYS", 8, 8)
KEEP_MAIL_DAYS = env.number("KEEP_MAIL_DAYS", 180, 1)
KEEP_RECORDS_DAYS = env.number("KEEP_RECORDS_DAYS", 14, 8)

# --- tests and logs -----------------------------------------------------------------------------
LOG_LEVEL = env.text("LOG_LEVEL", "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {
        "links": {"()": "rrmm.web.masking.MaskLinks"},
        "seldom": {"()": "streams.seldom.Seldom"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["seldom", "links"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},  # answers of 4xx are the asker's, not ours
        "axes": {"level": "ERROR"},
        "rrmm": {"level": "INFO"},
        "streams": {"level": "INFO"},
    },
}

# --- added by parts: name, default, where it is read --------------------------------------------
ASK_OPEN_MAX = env.number("ASK_OPEN_MAX", 2, 1)  # experts: open asks a person may have at once
ASK_MONTH_MAX = env.number("ASK_MONTH_MAX", 4, 1)  # experts: asks a person may get in 30 days
DESK_PHONE = env.text("DESK_PHONE")  # experts: the number in mails, answered day and night
# the collector (streams.collectors)
COLLECT_AGENT = env.text("COLLECT_AGENT", "RRMM/0.1 (feed collector; obeys Retry-After and 410)")
READ_PAGES = env.switch("READ_PAGES", True)  # the text of flagged articles' pages
COLLECT_TOGETHER = env.number("COLLECT_TOGETHER", 64, 1)  # requests at the same time
COLLECT_HOST_GAP_MS = env.number("COLLECT_HOST_GAP_MS", 1000)  # between two requests to one host
COLLECT_TIMEOUT = env.number("COLLECT_TIMEOUT", 30, 1)  # seconds for one feed, all redirects
COLLECT_PARSERS = env.number("COLLECT_PARSERS", 1, 1)  # parser processes
KEEP_ARTICLES_DAYS = env.number("KEEP_ARTICLES_DAYS", 14, 1)  # those that nothing refers to
KEEP_ENTRIES_DAYS = env.number("KEEP_ENTRIES_DAYS", 90, 14)  # after last seen in their feed
KEEP_POLLS_DAYS = env.number("KEEP_POLLS_DAYS", 30, 1)
# learning (rrmm.flashpoints): where this machine keeps model files that it takes from the database
MODELS_DIR = Path(env.text("MODELS_DIR", str(DATA_DIR / "models")))
