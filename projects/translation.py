from modeltranslation.translator import TranslationOptions, register

from directory.translation import (
    DescribedTermTranslation,
    EntryTranslation,
    LabelTranslation,
    PictureTranslation,
    TermTranslation,
    TextTranslation,
    TitleTranslation,
)
from projects import models

register(models.PartnerRole)(TermTranslation)
register(models.FundingProgramme)(DescribedTermTranslation)
register(models.ProjectWebAddress)(LabelTranslation)
register(models.ProjectMilestone)(TextTranslation)
register(models.ProjectSource)(TitleTranslation)
register(models.ProjectPicture)(PictureTranslation)
register(models.Edition)(TitleTranslation)


@register(models.Project)
class ProjectTranslation(EntryTranslation):
    fields = ("subtitle", "challenge", "context")


@register(models.Participation)
class ParticipationTranslation(TranslationOptions):
    fields = ("part",)
