"""The site's own settings, with the addresses of views to compare with."""

from civicnet.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
