import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.rules.integrity import moment
from events.rules.runs import Runs
from events.rules.seals import Dropped, Sealed


class Seal(models.Model):
    """The proof of what stood in the log of one class and day. Kept for ever.

    A day has a second part when something was committed to it after it was sealed. What is
    signed, and how, is in `events/rules/seals.py`.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    retention_class = models.CharField(_("retention class"), max_length=40)
    day = models.DateField(_("day"))
    part = models.PositiveIntegerField(_("part"), default=1)
    events = models.BigIntegerField(_("events"))
    first_position = models.BigIntegerField(_("first position"))
    last_position = models.BigIntegerField(_("last position"))
    # Runs of positions, packed (`events/rules/runs.py`).
    positions = models.BinaryField(_("positions"), editable=False)
    merkle_root = models.CharField(_("Merkle root"), max_length=64)
    previous = models.CharField(_("hash of the previous seal"), max_length=64)
    public_key = models.CharField(_("public key"), max_length=64)
    signature = models.CharField(_("signature"), max_length=128)
    sealed_at = models.DateTimeField(_("sealed at"))
    archive = models.CharField(_("archive"), max_length=200, blank=True)
    archive_digest = models.CharField(_("digest of the archive"), max_length=64, blank=True)
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)
    drop_public_key = models.CharField(_("public key of the drop"), max_length=64, blank=True)
    drop_signature = models.CharField(_("signature of the drop"), max_length=128, blank=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["retention_class", "day", "part"], name="events_seal_once_a_part"
            )
        ]
        indexes = [
            models.Index(
                fields=["retention_class", "day"],
                condition=models.Q(dropped_at=None),
                name="events_seal_kept",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.retention_class} {self.day:%Y-%m-%d}"

    def sealed(self) -> Sealed:
        """This will return what the signature is over."""
        return Sealed(
            number=self.number,
            retention_class=self.retention_class,
            day=self.day.isoformat(),
            part=self.part,
            events=self.events,
            first_position=self.first_position,
            last_position=self.last_position,
            positions=hashlib.sha256(self.positions).hexdigest(),
            merkle_root=self.merkle_root,
            previous=self.previous,
            public_key=self.public_key,
            sealed_at=moment(self.sealed_at),
        )

    def dropped(self) -> Dropped | None:
        """This will return what the signature of the drop is over, None while it is kept."""
        if self.dropped_at is None:
            return None
        return Dropped(
            seal=self.number,
            merkle_root=self.merkle_root,
            dropped_at=moment(self.dropped_at),
            archive=self.archive,
            archive_digest=self.archive_digest,
        )

    def runs(self) -> Runs:
        return Runs.unpacked(bytes(self.positions))

    def digest(self) -> str:
        """This will return what the next seal names as its previous one."""
        return self.sealed().digest(self.signature)
