from django.db import models
from django.utils.translation import gettext_lazy as _


class StreamSnapshot(models.Model):
    """What a stream added up to at a version, so that later readings begin there.

    A convenience, never the record: it may be thrown away at any time. It is of use only to
    the code that made it (`stamp`), and as long as the log holds the events it was made of.
    It also tells where the events since the snapshot before it lie, so that a reader need
    not look for them in every partition.
    """

    stream = models.CharField(_("stream"), max_length=200)
    version = models.BigIntegerField(_("version"))
    # The row of its last event: what follows has greater ones.
    event_row = models.BigIntegerField(_("event row"))
    fold = models.CharField(_("fold"), max_length=200)
    stamp = models.CharField(_("stamp"), max_length=64)
    value = models.JSONField(_("value"))
    first_version = models.BigIntegerField(_("first version"))
    folded = models.BigIntegerField(_("events in it"))
    # Of the events since the snapshot before it.
    classes = models.JSONField(_("retention classes"))
    earliest_at = models.DateTimeField(_("earliest at"))
    latest_at = models.DateTimeField(_("latest at"))
    # Of all the events in it, the one that retention drops first: the snapshot goes with it.
    goes_first_row = models.BigIntegerField(_("row that goes first"))
    retention_class = models.CharField(_("retention class"), max_length=40)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("snapshot of a stream")
        verbose_name_plural = _("snapshots of streams")
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "stamp", "version"], name="events_snapshot_once_a_version"
            )
        ]
        indexes = [
            models.Index(
                fields=["retention_class", "recorded_at"], name="events_snapshot_retention"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.version}"
