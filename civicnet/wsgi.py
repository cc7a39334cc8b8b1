"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from civicnet import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicnet.settings")
environment.SERVING = True  # before the settings are read: a pool, and timeouts for statements

application = get_wsgi_application()
_ = get_resolver().url_patterns  # all modules are loaded now, not by the first visitor
# What was loaded stays: the collector need not walk through it again, nor look after every few
# hundred objects of a page that makes thousands.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
