from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from civicnet.urls import urlpatterns as site


def one(request: HttpRequest) -> HttpResponse:
    """Nothing but our middleware and a query: what a page costs at the least."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return HttpResponse("")


urlpatterns = [path("bench/one/", one), *site]
