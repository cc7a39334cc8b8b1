from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST

from staff.chosen_language import keep_language
from staff.door import Door, door
from staff.models import User


@require_POST
@csrf_protect
@never_cache
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep it with the account and in the browser, and go back to where the form was.

    Also for whoever has yet to log in, or to set up a second factor. Who has one, and has not given
    it, changes nothing of the account.
    """
    user, language = request.user, request.POST.get("language", "")
    is_known = language in User.Language.values
    if is_known and isinstance(user, User) and door(request) is not Door.PROVE:
        user.language = User.Language(language)
        user.save(update_fields=["language"])
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = reverse("admin:index")
    response = redirect(back)
    if is_known:
        keep_language(response, language)
    return response


@require_GET
def logged_in_again(request: HttpRequest) -> HttpResponse:
    """Where a login ends that was begun beside a page that holds what was written."""
    context = {**admin.site.each_context(request), "title": _("You are logged in again")}
    return render(request, "staff/logged_in_again.html", context)


# For staff only, as the pages of the admin.
again = admin.site.admin_view(logged_in_again)
