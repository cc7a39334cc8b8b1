"""Which fields exist in Italian and in English. Rooms above inherit these lists."""

from modeltranslation.translator import TranslationOptions, translator

from directory.models import Theme


class TermTranslation(TranslationOptions):
    fields = ("name",)


class DescribedTermTranslation(TranslationOptions):
    fields = ("name", "description")


# The subclass's fields are added to these.
class EntryTranslation(TranslationOptions):
    fields: tuple[str, ...] = ("name", "summary", "description")


class LabelTranslation(TranslationOptions):
    fields = ("label",)


class TextTranslation(TranslationOptions):
    fields = ("text",)


class TitleTranslation(TranslationOptions):
    fields = ("title",)


class PrinciplesTranslation(TranslationOptions):
    fields = ("title", "items")


class PictureTranslation(TranslationOptions):
    fields = ("alt",)


translator.register(Theme, DescribedTermTranslation)
