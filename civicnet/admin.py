"""The site of the admin: what is around the pages that the rooms register."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from directory.front_page import front_page
from directory.models import Entry
from exchange.models import ImportedRow
from places.models import City
from staff import events, lapse
from staff.chosen_language import keep_language
from staff.door import Door, door
from staff.known_browsers import make_known
from staff.login import ChangePasswordForm, LoginForm
from staff.models import User
from staff.second_factor_pages import page_between

# By what editors do most; the people and their groups come last.
ROOMS = (
    *("orgs", "networks", "projects", "links", "directory", "exchange"),
    *("places", "staff", "auth"),
)

# Parameters with the words that somebody typed.
SOUGHT = {"q", "term"}

MAIN = (Entry, City, ImportedRow, User)


class Choices(AutocompleteJsonView):
    """What an autocomplete offers, in words that tell namesakes apart."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "choice_label", str)
        return {"id": str(getattr(obj, to_field_name)), "text": label(obj)}


class Admin(admin.AdminSite):
    site_title = _("civicnet administration")
    # Its place is worth more to the lists and forms; the header leads to each room.
    enable_nav_sidebar = False
    index_title = _("What the directory holds")

    login_form = LoginForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Also: nobody is between the password and the second factor."""
        return super().has_permission(request) and door(request) is Door.OPEN

    def admin_view(self, view: Any, cacheable: bool = False) -> Callable[..., Any]:
        """What is sent after its login ended is held, if its form can be; else it is done again."""
        page = super().admin_view(view, cacheable)

        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _can_be_meant(request):
                raise BadRequest
            if request.method != "POST" or self.has_permission(request):
                lapse.say_what_is_lacking(request)
                return page(request, *args, **kwargs)
            if request.path == reverse("admin:logout"):
                return HttpResponseRedirect(reverse("admin:index"))
            login = f"{reverse('admin:login')}?{urlencode({'why': 'ended'})}"
            return lapse.held(request) or redirect_to_login(request.get_full_path(), login)

        return guarded

    def get_urls(self) -> list[Any]:
        """Django's own way from a kind and a number to a page of the site asks for no right."""
        name = "view_on_site"
        page = self.admin_view(self.on_the_site)
        own = path("r/<int:content_type_id>/<int:object_id>/", page, name=name)
        return [own, *(one for one in super().get_urls() if getattr(one, "name", "") != name)]

    def on_the_site(
        self, request: HttpRequest, content_type_id: int, object_id: int
    ) -> HttpResponseBase:
        """For whoever may see the row here."""
        model = get_object_or_404(ContentType, pk=content_type_id).model_class()
        if model is None or not self.is_registered(model):
            raise Http404
        row = get_object_or_404(model, pk=object_id)
        if not self.get_model_admin(model).has_view_permission(request, row):
            raise Http404
        return shortcut(request, content_type_id, object_id)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Who gave the password is led on, and whoever is in already to where they wanted to go;
        who is locked out is told so, with status 429."""
        if request.method == "GET" and (page := page_between(request)):
            there = request.GET.get("next") or reverse("admin:index")
            return HttpResponseRedirect(f"{page}?{urlencode({'next': there})}")
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(_wanted_by(request) or reverse("admin:index"))
        response: Any = super().login(request, extra_context)
        if response.status_code == 302 and request.method == "POST" and door(request) is Door.OPEN:
            make_known(request, response, request.user.get_username())
            keep_language(response, request.user.language)
        form = getattr(response, "context_data", {}).get("form")
        if until := getattr(form, "locked_until", None):
            response.status_code = 429
            response["Retry-After"] = str(int((until - timezone.now()).total_seconds()) + 1)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Django's, with a form of ours."""
        view = PasswordChangeView.as_view(
            form_class=partial(ChangePasswordForm, request=request),
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        with events.by(request.user):
            return view(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        said = super().each_context(request)
        return {
            **said,
            # Between the password and the code the account says it, and nothing of that is changed.
            "may_choose_language": said["has_permission"] or door(request) is not Door.PROVE,
            "site_header": settings.SITE_NAME,
            "site_url": reverse("home"),
            "languages": User.Language.choices,
            "mail_is_set": settings.MAIL_IS_SET,
            "opened_by": lapse.opened_by(request),
            "second_factor_is_optional": settings.SECOND_FACTOR == "optional",
        }

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What waits and what needs work comes before the list of all there is."""
        return super().index(request, front_page(request, self) | (extra_context or {}))

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Rooms in their order, and in each the entries before the words they are sorted by."""
        rooms = super().get_app_list(request, app_label)
        for room in rooms:
            room["models"].sort(key=lambda listed: not issubclass(listed["model"], MAIN))
        return sorted(rooms, key=lambda room: (*ROOMS, room["app_label"]).index(room["app_label"]))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return Choices.as_view(admin_site=self)(request)


def _can_be_meant(request: HttpRequest) -> bool:
    """Neither a choice that the database would not read, nor a row whose key is no number, nor a
    field without a name, which Django would ask the model for. What is sought may hold any sign."""
    rows = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if not all(row.isascii() and row.isdigit() for row in rows):
        return False
    choices = (
        "\x00" in value
        for name in request.GET.keys() - SOUGHT
        for value in request.GET.getlist(name)
    )
    return not any(choices) and request.GET.get(TO_FIELD_VAR) != ""


def _wanted_by(request: HttpRequest) -> str:
    """The page of this site that the login is to lead to, if it says one other than itself."""
    there = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    here = reverse("admin:login")
    return there if is_ours and urlsplit(there).path != here else ""
