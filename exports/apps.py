from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = _("Open data")

    def ready(self) -> None:
        from directory.registry import Document, Format, register_document, register_format
        from exports import calendars, feeds, formats
        from exports.answering import careful

        for one in (
            Format("csv", "CSV", formats.CSV, careful(formats.csv)),
            Format("xlsx", "XLSX", formats.XLSX, careful(formats.xlsx), most=formats.MOST_ROWS),
            Format("json", "JSON", formats.JSON, careful(formats.as_json)),
            Format("geojson", "GeoJSON", formats.GEOJSON, careful(formats.geojson)),
            Format("atom", _("Atom feed"), feeds.ATOM, careful(feeds.atom), is_feed=True),
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
