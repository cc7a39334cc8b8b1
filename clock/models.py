from django.db import models
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """When a job last began and ended. One row for each job."""

    job = models.CharField(_("job"), max_length=60, unique=True)
    began = models.DateTimeField(_("began"))
    ended = models.DateTimeField(_("ended"), null=True)
    succeeded = models.BooleanField(_("succeeded"), default=False)

    class Meta:
        default_permissions = ()
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")

    def __str__(self) -> str:
        return self.job
