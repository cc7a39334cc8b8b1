"""The site in a tab of Chromium without a server: Django's test client answers the browser.

Whatever Chromium asks for is answered from the test's own transaction, under the site's real
addresses and with its real headers, so the Content-Security-Policy holds, nothing is committed,
and no port is opened. Static files come from their folders, as in development.
"""

from __future__ import annotations

import contextvars
import gzip
import mimetypes
import re
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.test import Client

from civicnet import styles

BASE = "http://127.0.0.1:8000"
NEW_TAB: Any = {"width": 1280, "height": 720}
mimetypes.add_type("font/woff2", ".woff2")


# Pages that other sites frame run nothing at all.
STRICT = re.compile(r"script-src '(self|none)'; style-src 'self';")


class Watch:
    """Remembers what a tab's browser complained about, and what it asked for elsewhere."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", self._threw)
        page.on("requestfailed", self._failed)
        page.on("request", self._asked)

    def _said(self, message: Any) -> None:
        # What a page's own status was is for the test to say; the browser notes every 404.
        is_status = message.text.startswith("Failed to load resource")
        if is_status and message.location["url"] == self.page.url:
            return
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location['url']}")

    def _threw(self, error: Any) -> None:
        self.complaints.append(str(error))

    def _failed(self, request: Any) -> None:
        # The browser drops what is still on its way when the next page is opened.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.complaints.append(f"asked elsewhere: {request.url}")

    def assert_no_complaint(self) -> None:
        assert not self.complaints, self.complaints

    def leave(self) -> None:
        """The tab is as new again, for whoever comes next. It stays at the site's address: for
        nobody's page the browser would change the process. With an icon it asks for none later."""
        self.page.context.unroute_all()
        empty = {"content_type": "text/html", "body": '<link rel="icon" href="data:,">'}
        self.page.context.route("**/*", lambda route: route.fulfill(**empty))
        self.page.goto(self.base)
        for event, heard in (
            ("console", self._said),
            ("pageerror", self._threw),
            ("requestfailed", self._failed),
            ("request", self._asked),
        ):
            self.page.remove_listener(event, heard)
        self.page.context.unroute_all()
        self.page.context.clear_cookies()
        self.page.set_viewport_size(NEW_TAB)
        self.page.emulate_media(
            media="null", color_scheme="light", reduced_motion="null", forced_colors="null"
        )


@dataclass(frozen=True)
class Answered:
    """One answer that the browser got."""

    path: str
    status: int
    kind: str
    size: int
    compressed: int


class Site(Watch):
    """A tab. Made after the test's content, whose database connection it uses."""

    def __init__(self, page: Any, client: Client | None = None) -> None:
        super().__init__(page, BASE)
        self.client = client or Client()
        self.client.raise_request_exception = False
        self.answered: list[Answered] = []
        # Playwright calls back in a context of its own, where Django would open a connection
        # that sees nothing of the test's transaction.
        self.context = contextvars.copy_context()
        page.context.route("**/*", self._answer)

    def open(self, path: str, status: int = 200) -> Any:
        self.answered.clear()
        answer = self.page.goto(BASE + path)
        assert answer.status == status, f"{path}: {answer.status} {self.complaints}"
        assert STRICT.search(answer.headers["content-security-policy"])
        self.wait_for_scripts()
        return answer

    def wait_for_scripts(self) -> None:
        """Those that come once the page is drawn; without JavaScript there are none."""
        if self.page.locator("html[data-script]").count():
            self.page.wait_for_selector("html[data-script=whole]", state="attached")

    @property
    def path(self) -> str:
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _answer(self, route: Any) -> None:
        asked = route.request
        path = asked.url.removeprefix(BASE)
        if path == asked.url:
            route.abort("addressunreachable")
            return
        try:
            status, headers, body = self.context.run(self._render, asked, path)
        except Exception:
            # Left alone, the browser would wait for its answer.
            self.complaints.append(traceback.format_exc())
            status, headers, body = 500, {}, b""
        kind = headers.get("content-type", "").partition(";")[0]
        # Fonts and pictures are compressed as they are.
        worth = kind.startswith("text/") or kind.endswith(("xml", "json", "javascript"))
        small = len(gzip.compress(body)) if worth else len(body)
        self.answered.append(Answered(path, status, kind, len(body), small))
        route.fulfill(status=status, headers=headers, body=body)

    def _render(self, asked: Any, path: str) -> tuple[int, dict[str, str], bytes]:
        if path.startswith(settings.STATIC_URL):
            return static(path)
        if path.startswith(settings.MEDIA_URL):
            return media(path)
        sent = {
            name: value
            for name, value in asked.headers.items()
            if name not in ("content-length", "content-type", "cookie", "host")
        }
        response: Any = self.client.generic(
            asked.method,
            path,
            asked.post_data_buffer or b"",
            asked.headers.get("content-type", "application/octet-stream"),
            headers=sent | {"host": urlsplit(BASE).netloc},
        )
        # The browser would follow without asking this tab again.
        assert not 300 <= response.status_code < 400, f"{path} leads to {response.headers}"
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = {name.lower(): value for name, value in response.items()}
        return response.status_code, headers, body


@cache
def static(path: str) -> tuple[int, dict[str, str], bytes]:
    found = finders.find(unquote(urlsplit(path).path.removeprefix(settings.STATIC_URL)))
    if not found:
        return 404, {"content-type": "text/plain"}, b""
    kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
    if found.endswith(styles.SITE):
        # As collectstatic leaves it: one sheet.
        text = styles.joined(lambda name: Path(str(finders.find(name))).read_text())
        return 200, {"content-type": kind}, text.encode()
    # Fonts that are preloaded are asked for as from elsewhere.
    return 200, {"content-type": kind, "access-control-allow-origin": "*"}, Path(found).read_bytes()


def media(path: str) -> tuple[int, dict[str, str], bytes]:
    """As the web server does."""
    try:
        with default_storage.open(path.removeprefix(settings.MEDIA_URL)) as file:
            return 200, {"content-type": "image/webp"}, file.read()
    except OSError:
        return 404, {"content-type": "text/plain"}, b""
