from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

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


# Staff only, and protected against forged requests, as every page of the admin.
language = admin.site.admin_view(choose_language)
