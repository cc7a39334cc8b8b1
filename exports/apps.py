from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = _("Open data")

    def ready(self) -> None:
        from directory.registry import Format, register_format
        from exports import feeds, formats
        from exports.answering import careful

        for one in (
            Format("csv", "CSV", formats.CSV, careful(formats.csv)),
            Format("xlsx", "XLSX", formats.XLSX, careful(formats.xlsx), most=formats.MOST_ROWS),
            Format("json", "JSON", formats.JSON, careful(formats.as_json)),
            Format("geojson", "GeoJSON", formats.GEOJSON, careful(formats.geojson)),
            Format("atom", "Atom", feeds.ATOM, careful(feeds.atom), is_feed=True),
        ):
            register_format(one)
