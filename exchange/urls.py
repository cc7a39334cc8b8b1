"""Tables of entries, under the admin's own address and behind its door."""

from typing import Any

from django.contrib import admin
from django.urls import path, register_converter

from exchange import sheet_admin


class Suffix:
    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Suffix, "suffix")


def behind_the_door(view: Any) -> Any:
    """Asked when it is called: the site's class may guard its pages in ways of its own."""

    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        return admin.site.admin_view(view)(request, *args, **kwargs)

    return guarded


app_name = "exchange"
urlpatterns = [
    path("tables/<slug:kind>/", behind_the_door(sheet_admin.bring_back), name="bring_back"),
    path(
        "tables/<slug:kind>/blank.<suffix:suffix>",
        behind_the_door(sheet_admin.take_out_blank),
        name="blank",
    ),
    path(
        "tables/<slug:kind>/entries.<suffix:suffix>",
        behind_the_door(sheet_admin.take_out),
        name="take_out",
    ),
    path("tables/sent/<int:pk>/", behind_the_door(sheet_admin.table), name="table"),
    path(
        "tables/sent/<int:pk>/not-imported.<suffix:suffix>",
        behind_the_door(sheet_admin.refused_rows),
        name="refused",
    ),
]
