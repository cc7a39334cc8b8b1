"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from civicnet import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicnet.settings")
environment.SERVING = True  # before the settings are read: a pool, and timeouts for statements

application = get_wsgi_application()
