"""Lengths of time as they are read at three in the morning, in the reader's language."""

from datetime import timedelta

from django.utils.translation import gettext

DAY = 86_400
HOUR = 3_600
MINUTE = 60


def in_words(length: timedelta) -> str:
    """This will write the two largest units, `3 h 12 min`; what is negative is `0 s`."""
    seconds = max(0, int(length.total_seconds()))
    days, hours = seconds // DAY, seconds % DAY // HOUR
    minutes = seconds % HOUR // MINUTE
    if days:
        return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    return gettext("%(seconds)d s") % {"seconds": seconds}
