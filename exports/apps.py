from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = _("Open data")

    def ready(self) -> None:
        from directory.registry import Document, Format, register_document, register_format
        from exports import calendars, feeds, formats, hsds, linked_files
        from exports.answering import careful
        from exports.rdf import JSON_LD, TURTLE

        for one in (
            Format("csv", "CSV", formats.CSV, careful(formats.csv)),
            Format("xlsx", "XLSX", formats.XLSX, careful(formats.xlsx), most=formats.MOST_ROWS),
            Format("json", "JSON", formats.JSON, careful(formats.as_json)),
            Format("geojson", "GeoJSON", formats.GEOJSON, careful(formats.geojson)),
            Format("atom", _("Atom feed"), feeds.ATOM, careful(feeds.atom), is_feed=True),
            Format("hsds", "HSDS", formats.JSON, careful(hsds.hsds), only="organization"),
            Format("ttl", "Turtle", TURTLE, careful(linked_files.listing_in("ttl"))),
            Format("jsonld", "JSON-LD", JSON_LD, careful(linked_files.listing_in("jsonld"))),
            Format(
                "ics",
                _("Calendar"),
                calendars.ICS,
                careful(calendars.of_listing),
                is_feed=True,
                only="project",
            ),
        ):
            register_format(one)
        for name, label, media_type in (("ttl", "Turtle", TURTLE), ("jsonld", "JSON-LD", JSON_LD)):
            answer = linked_files.entry_in(name)
            register_document(Document(name, label, media_type, answer, is_negotiated=True))
        register_document(
            Document(
                "ics",
                _("Calendar"),
                calendars.ICS,
                calendars.of_project,
                only="project",
                is_there=calendars.has_days,
            )
        )
