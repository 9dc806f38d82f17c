from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    SEV1 = "SEV1", _("SEV1: critical, customers cannot work")
    SEV2 = "SEV2", _("SEV2: high, many customers notice")
    SEV3 = "SEV3", _("SEV3: medium, some customers notice")
    SEV4 = "SEV4", _("SEV4: low, nobody is paged")
