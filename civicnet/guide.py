"""The guide for editors, as the admin serves it: the same Markdown files that lie in ``docs/``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from places.languages import LANGUAGES, current, other
from places.slugs import slug_of

FOLDER = settings.BASE_DIR / "docs"
FILES = {"it": "redazione.md", "en": "edit.md"}
PICTURES = re.compile(r"[a-z-]+\.(it|en)\.webp")


@dataclass(frozen=True)
class Guide:
    title: str
    contents: list[tuple[str, str]]
    """Of each section the name within the page and the title."""
    body: SafeString


@cache
def guide(language: str) -> Guide:
    """Read once for each process: the file comes with the program."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((FOLDER / FILES[language]).read_text())
    title, contents = "", []
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[place + 1].content
            if token.tag == "h1":
                title = words
            else:
                token.attrSet("id", slug_of(words))
                if token.tag == "h2":
                    contents.append((slug_of(words), words))
        _address(token.children or [])
        kept.append(token)
    # The page has the title itself, and the other language's file is a link of its own there.
    del kept[: next(place for place, token in enumerate(kept) if token.tag == "h2")]
    return Guide(title, contents, mark_safe(markdown.renderer.render(kept, markdown.options, {})))  # noqa: S308


def _address(tokens: list[Token]) -> None:
    """Pictures lie beside the file there, and have an address of the admin here."""
    for token in tokens:
        if token.type == "image":
            name = Path(str(token.attrs["src"])).name
            token.attrSet("src", reverse("guide_picture", args=[name]))
            token.attrSet("loading", "lazy")


def show(request: HttpRequest) -> HttpResponse:
    """In the language of the admin, or in the other where that is asked for. No query."""
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else current()
    said = guide(language)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": said.title,
        "guide": said,
        "language": language,
        "other": other(language),
        "sections": said.contents,
    }
    return render(request, "admin/guide.html", context)


def picture(request: HttpRequest, name: str) -> FileResponse:
    file = FOLDER / "pictures" / name
    if not PICTURES.fullmatch(name) or not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/webp")


def behind_the_door(view: Any) -> Any:
    """Asked when it is called: the site's class may guard its pages in ways of its own."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return admin.site.admin_view(view, cacheable=view is picture)(request, *args, **kwargs)

    return guarded


urlpatterns = [
    path("guide/", behind_the_door(show), name="guide"),
    path("guide/pictures/<str:name>", behind_the_door(picture), name="guide_picture"),
]
