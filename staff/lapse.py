"""What somebody wrote is not lost when their login ended before they sent it.

A form of the admin says, signed, whose login opened it. If by the time it is sent that login is no
more, or its sign against forgery is that of an earlier login, nothing of it is done; the answer
holds what was sent, in the page itself, to be sent once more. So it waits in the browser that wrote
it and nowhere else, however many steps logging in takes, and nothing is kept for strangers.

Only a form that says who opened it is held: no other site knows how to say that. To anybody else
who has logged in there meanwhile it is not shown. Passwords and files are not in the page; what
deletes, decides or does something to many is not sent again but asked again, with its words to
copy; where many choices were made, its page is shown again with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from staff.models import User

OPENED_BY = "opened_by"
IS_DEED = "is_deed"
"""Said by forms that are not to be sent again, but filled in again: by their page, with what was
chosen, if they say ``again``; else by hand."""
AGAIN = "again"
FILL_IN = "fill_in"
OPEN_FOR = timedelta(days=30)
MOST_NAMED = 20
AND_STAY, AND_LEAVE = "_continue", ("_save", "_addanother")
LACKING = "files_again"
NEVER_HELD = ("csrfmiddlewaretoken", FILL_IN, LACKING)

# Of buttons that do more than save, by the name of the button: what its value is called.
steps: dict[str, Callable[[str], Any]] = {}


def name_steps(button: str, called: Callable[[str], Any]) -> None:
    """For a room that is ready: whoever sends a form again is told what goes with it."""
    steps[button] = called


# ------------------------------------------------------------------ who opened a form
def opened_by(request: HttpRequest) -> str:
    """What a form says, so that it is held for this person and for nobody else."""
    return _signer().sign(str(request.user.pk)) if request.user.pk else ""


def _opener(request: HttpRequest) -> User | None:
    """One query, of a form that says who opened it in the last thirty days."""
    try:
        pk = _signer().unsign(request.POST.get(OPENED_BY, ""), max_age=OPEN_FOR)
    except BadSignature:
        return None
    return User.objects.filter(pk=pk).first()


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="staff.lapse")


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent it. One that says nothing is not
    believed: every browser of the last years does."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", "") in {own, settings.BASE_URL}


# ------------------------------------------------------------------ what is held
@dataclass(frozen=True)
class Held:
    fields: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Of the fields those that are to be read, and copied if all else fails."""
    files: list[str] = field(default_factory=list)
    step: Any = ""
    is_deed: bool = False
    can_be_filled_in: bool = False
    had_password: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> Held:
        files = [each.name or "" for name in request.FILES for each in request.FILES.getlist(name)]
        files += request.POST.getlist(LACKING)
        fields = list(_to_send_again(request.POST, and_stay=bool(files)))
        words = [value for _name, value in fields if len(value.split()) > 1]
        step = next((called(value) for name, value in fields if (called := steps.get(name))), "")
        had_password = any(map(_is_password, request.POST))
        is_deed, can = IS_DEED in request.POST, request.POST.get(IS_DEED) == AGAIN
        return cls(fields, words, files, step, is_deed, can, had_password)


def say_what_is_lacking(request: HttpRequest) -> None:
    """On the page that answers a form that was sent again, whose files are to be chosen again."""
    if request.method == "POST" and (files := request.POST.getlist(LACKING)):
        names = ", ".join(name[:100] for name in files[:MOST_NAMED])
        sentence = gettext("Still to be chosen once more, for a file cannot be kept: %(files)s")
        messages.warning(request, sentence % {"files": names})


def is_filled_in(request: HttpRequest) -> bool:
    """Whether a page is only to be shown again with what was chosen in it, and nothing done."""
    return request.method == "POST" and FILL_IN in request.POST


def _to_send_again(data: QueryDict, and_stay: bool) -> Iterable[tuple[str, str]]:
    """Who has to choose files again finds the form open after it is saved."""
    for name, values in data.lists():
        if name in NEVER_HELD or _is_password(name):
            continue
        kept = AND_STAY if and_stay and name in AND_LEAVE else name
        yield from ((kept, str(value)) for value in values)


def words(request: HttpRequest, status: int, there: str) -> HttpResponse | None:
    """The answer to a form that cannot be saved as it is, if it had words to be copied; ``there``
    is where to go on. They are nobody else's: whoever is here has just sent them."""
    if OPENED_BY not in request.POST or not (said := Held.of(request).words):
        return None
    own = {"title": _("Not saved"), "words": said, "there": there}
    context = {**admin.site.each_context(request), **own}
    return render(request, "staff/words.html", context, status=status)


def _is_password(name: str) -> bool:
    return "password" in name.lower()


def _page_of(request: HttpRequest) -> str:
    """Where the form stood, which may be another address than it is sent to."""
    there = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return there if is_ours else request.get_full_path()


def held(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form whose login is no more; none to one that does not say whose it was.

    The caller has made sure that it came from a page of this site, and does nothing of it.
    """
    opener = _opener(request)
    if opener is None:
        return None
    user: Any = request.user
    is_anothers = user.is_authenticated and user.pk != opener.pk
    may_come_in = admin.site.has_permission(request)
    language = user.language if may_come_in else opener.language
    with override(language):
        response = render(
            request,
            "staff/held.html",
            {
                **admin.site.each_context(request),
                "title": _("Not saved yet"),
                "held": Held() if is_anothers else Held.of(request),
                "opener": opener,
                "is_anothers": is_anothers,
                "may_come_in": may_come_in,
                "is_popup": "_popup" in request.POST or "_popup" in request.GET,
                "here": request.get_full_path(),
                "page": _page_of(request),
                # The page shows what was written; nothing is asked of the directory for it.
                "has_invented": False,
            },
            status=403,
        )
    response["Content-Language"] = language
    add_never_cache_headers(response)
    return response
