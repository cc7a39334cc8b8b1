"""Which fields of the territory exist in Italian and in English."""

from modeltranslation.translator import TranslationOptions, register

from places.models import City, Province, Region


@register([Region, Province, City])
class PlaceTranslation(TranslationOptions):
    fields = ("name",)
