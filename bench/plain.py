"""The list that anybody would write: a ListView, django-filter and a template; no counts.

At ``/`` a filter is what django-filter makes of a key by itself, a choice of every city as of every
kind; at ``/slug/`` somebody has thought of it, and a city is its slug in the address.
"""

from __future__ import annotations

import django_filters
from django.template import engines
from django.urls import path
from django.views.generic import ListView

from directory.models import Theme
from orgs.models import Organization, OrganizationKind
from places.models import City, Region

TEMPLATE = engines["django"].from_string("""<!doctype html><html lang="it">
<title>Organizzazioni</title><h1>Organizzazioni</h1>
<form>{{ filter.form.as_p }}<button>Cerca</button></form>
<p>{{ page_obj.paginator.count }}</p><ul>{% for one in object_list %}<li>
<a href="/{{ one.slug }}/">{{ one.name }}</a> {{ one.city.name }} {{ one.kind.name }}
<p>{{ one.summary }}</p>{% for theme in one.themes.all %}{{ theme.name }} {% endfor %}</li>
{% endfor %}</ul>{% if page_obj.has_next %}
<a href="?page={{ page_obj.next_page_number }}">avanti</a>{% endif %}</html>""")


class Filters(django_filters.FilterSet):
    city = django_filters.ModelChoiceFilter(queryset=City.objects.all(), to_field_name="slug")
    region = django_filters.ModelChoiceFilter(
        field_name="city__region", queryset=Region.objects.all(), to_field_name="slug"
    )
    kind = django_filters.ModelChoiceFilter(queryset=OrganizationKind.objects.all())
    theme = django_filters.ModelChoiceFilter(
        field_name="themes", queryset=Theme.objects.all(), to_field_name="slug"
    )

    class Meta:
        model = Organization
        fields = ["city", "region", "kind", "theme"]


class SlugFilters(Filters):
    city = django_filters.CharFilter(field_name="city__slug")


class PlainList(ListView):
    paginate_by = 24
    filters = Filters

    def get_queryset(self):
        rows = Organization.objects.filter(status="published")
        rows = rows.select_related("city", "kind").prefetch_related("themes")
        self.filter = self.filters(self.request.GET, queryset=rows)
        return self.filter.qs

    def get_context_data(self, **kwargs):
        return super().get_context_data(filter=self.filter, **kwargs)

    def get_template_names(self):
        return TEMPLATE


urlpatterns = [
    path("", PlainList.as_view()),
    path("slug/", PlainList.as_view(filters=SlugFilters)),
]
