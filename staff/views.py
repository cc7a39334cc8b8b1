from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from staff.models import User


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language of the admin with the account, and go back to where the form was."""
    user, language = request.user, request.POST.get("language")
    if isinstance(user, User) and language in User.Language.values:
        user.language = User.Language(language)
        user.save(update_fields=["language"])
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = reverse("admin:index")
    return redirect(back)


@require_GET
def logged_in_again(request: HttpRequest) -> HttpResponse:
    """Where a login ends that was begun beside a page that holds what was written."""
    context = {**admin.site.each_context(request), "title": _("You are logged in again")}
    return render(request, "staff/logged_in_again.html", context)


# Staff only, and protected against forged requests, as every page of the admin.
language = admin.site.admin_view(choose_language)
again = admin.site.admin_view(logged_in_again)
