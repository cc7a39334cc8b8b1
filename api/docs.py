"""The API's own description, for programs and for people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.generic import TemplateView

from api.openapi import document
from api.views import Answer, answered
from places.languages import LANGUAGES


class SchemaView(Answer):
    """OpenAPI 3.1 in English, as the names of everything are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with override("en"):
            return answered(document())


class DocsView(TemplateView):
    """The same to read, in the visitor's language; ``?lang=`` says which."""

    http_method_names = ["get", "head"]
    template_name = "api/docs.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with override(language_for(request)):
            response = render(request, self.template_name, self.get_context_data(**kwargs))
        response["Content-Language"] = language_for(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = document()
        operations = [
            {"path": f"/api/v1{path}", **operation["get"]}
            for path, operation in told["paths"].items()
        ]
        return super().get_context_data(
            document=told, operations=operations, indexable=False, **kwargs
        )


def language_for(request: HttpRequest) -> str:
    if (asked := request.GET.get("lang", "")) in LANGUAGES:
        return asked
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    languages = (code.split("-")[0] for code, weight in accepted if weight)
    return next((code for code in languages if code in LANGUAGES), LANGUAGES[1])
