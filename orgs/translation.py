from modeltranslation.translator import register

from directory.translation import (
    EntryTranslation,
    LabelTranslation,
    PictureTranslation,
    PrinciplesTranslation,
    TermTranslation,
    TextTranslation,
    TitleTranslation,
)
from orgs import models

register(models.OrganizationKind)(TermTranslation)
register(models.OrganizationWebAddress)(LabelTranslation)
register(models.OrganizationMilestone)(TextTranslation)
register(models.OrganizationSource)(TitleTranslation)
register(models.OrganizationPrinciples)(PrinciplesTranslation)
register(models.OrganizationPicture)(PictureTranslation)
register(models.OrganizationFigure)(LabelTranslation)


@register(models.Organization)
class OrganizationTranslation(EntryTranslation):
    fields = ("purpose", "vision", "story", "activities")
