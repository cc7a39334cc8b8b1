"""All addresses. What follows the language is in that language, by ``directory.segments``."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.urls import URLPattern, URLResolver, include, path

from civicnet import embed, machines, pages
from civicnet.components import ComponentsView
from civicnet.map import MapView, MarksView
from civicnet.near import PositionsView
from civicnet.sitemaps import sitemaps
from directory.segments import segment
from directory.social_cards import site_card, social_card

public: list[URLPattern | URLResolver] = [
    path("", pages.HomeView.as_view(), name="home"),
    path(segment("organizations"), include("orgs.urls")),
    path(segment("networks"), include("networks.urls")),
    path(segment("projects"), include("projects.urls")),
    path(segment("cities"), pages.CitiesView.as_view(), name="cities"),
    path(segment("cities", "positions.json"), PositionsView.as_view(), name="positions"),
    path(
        segment("cities", "<slug:slug>/"),
        include(
            [
                path("", pages.CityView.as_view(), name="city"),
                path(segment("near"), pages.NearView.as_view(), name="near"),
            ]
        ),
    ),
    path(segment("regions"), pages.RegionsView.as_view(), name="regions"),
    path(segment("regions", "<slug:slug>/"), pages.RegionView.as_view(), name="region"),
    path(segment("themes"), pages.ThemesView.as_view(), name="themes"),
    path(segment("themes", "<slug:slug>/"), pages.ThemeView.as_view(), name="theme"),
    path(segment("search"), pages.SearchView.as_view(), name="search"),
    path(segment("suggestions"), pages.SuggestionsView.as_view(), name="suggestions"),
    path(segment("map"), MapView.as_view(), name="map"),
    path(segment("map", "marks.json"), MarksView.as_view(), name="marks"),
    path(segment("about"), pages.AboutView.as_view(), name="about"),
    path(segment("sources"), pages.SourcesView.as_view(), name="sources"),
    path(segment("privacy"), pages.PrivacyView.as_view(), name="privacy"),
    path(segment("accessibility"), pages.AccessibilityView.as_view(), name="accessibility"),
    path(segment("embed"), embed.EmbedView.as_view(), name="embed"),
    path(segment("embed_list"), embed.ListFrame.as_view(), name="embed_list"),
    path(segment("embed_map"), embed.MapFrame.as_view(), name="embed_map"),
    *(
        path(
            segment(f"embed_{kind}", "<slug:slug>/"),
            embed.EntryFrame.as_view(kind=kind),
            name=f"embed_{kind}",
        )
        for kind in ("organization", "network", "project")
    ),
    path(segment("components"), ComponentsView.as_view(), name="components"),
]

handler400 = "civicnet.refusals.bad_request"
handler404 = "civicnet.refusals.not_found"

# The name under which Django's index looks for its parts.
SITEMAP_PART = "django.contrib.sitemaps.views.sitemap"
maps = {"sitemaps": sitemaps()}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.root),
    path("robots.txt", machines.robots),
    path("favicon.ico", machines.favicon),
    path(".well-known/security.txt", machines.security),
    path("oembed/", embed.oembed, name="oembed"),
    path("opensearch.xml", machines.opensearch, name="opensearch"),
    path("social/<slug:kind>/<slug:slug>.<slug:language>.png", social_card, name="social_card"),
    path("social/<slug:language>.png", site_card, name="site_card"),
    path("sitemap.xml", sitemap_views.index, maps),
    path("sitemap-<section>.xml", sitemap_views.sitemap, maps, name=SITEMAP_PART),
    path("", include("civicnet.service_urls")),
    path("", include("exports.urls")),
    path("api/v1/", include("api.urls")),
    path("admin/", include("staff.urls")),
    path("admin/", include("exchange.urls")),
    path("admin/", include("civicnet.guide")),
    path("admin/", admin.site.urls),
    *i18n_patterns(*public),
]
