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
from networks import models

register(models.MembershipRole)(TermTranslation)
register(models.NetworkWebAddress)(LabelTranslation)
register(models.NetworkMilestone)(TextTranslation)
register(models.NetworkSource)(TitleTranslation)
register(models.NetworkPrinciples)(PrinciplesTranslation)
register(models.NetworkPicture)(PictureTranslation)


@register(models.Network)
class NetworkTranslation(EntryTranslation):
    fields = ("aim", "founding_act_title", "founding_act_text")
