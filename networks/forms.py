from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.forms import RowForm


class MembershipForm(RowForm):
    def clean(self) -> dict[str, Any]:
        """The source of a membership is one of its network's."""
        cleaned = super().clean()
        network, source = cleaned.get("network"), cleaned.get("source", self.instance.source)
        if network and source and source.entry_id != network.pk:
            if "source" in self.fields:
                self.add_error("source", _("Choose one of this network’s sources."))
            else:
                self.instance.source = None
        return cleaned
