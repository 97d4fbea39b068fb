"""The web as an ASGI application: `uvicorn config.asgi:application`."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from config.env import pooled

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Each request has a thread of its own here, and with it would have a connection of its own.
settings.DATABASES["default"] = pooled(settings.DATABASES["default"], settings.DATABASE_POOL)
application = get_asgi_application()
