from django.http import HttpRequest, HttpResponse
from django.urls import path

from civicnet.urls import urlpatterns as site


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [path("bench/empty/", empty), *site]
