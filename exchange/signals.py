"""What rooms above can hear of imports."""

from django.dispatch import Signal

batch_written = Signal()
"""Sent once for each batch, inside its transaction, with what was written in bulk: ``sender`` is
the entry's model; ``run`` the Import; ``created`` and ``updated`` are lists of primary keys.
Whoever keeps versions writes them here, one revision for the batch."""
