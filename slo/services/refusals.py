"""Keeping count of what was refused: nothing is lost in silence."""

from collections import defaultdict
from datetime import datetime

from django.db import connection

from slo.models import Refusal
from slo.rules.refusal_tally import RefusalTally, Refused

# Metrics of which unknown series are told apart; a sender may have tens of thousands.
MOST_SUBJECTS = 100
OTHERS = "…"
# Parameters of one statement that every SQLite takes.
_ROWS_A_STATEMENT = 100
_UPSERT = """
    INSERT INTO slo_refusal (channel, reason, subject, count, example, last_at)
    VALUES {rows}
    ON CONFLICT (channel, reason, subject) DO UPDATE SET
        count = slo_refusal.count + EXCLUDED.count,
        example = EXCLUDED.example,
        last_at = EXCLUDED.last_at
"""


def record_refusals(*, channel: str, tally: RefusalTally, at: datetime) -> None:
    """This will add to what a channel refused, within the transaction of what it counted.

    Beyond a hundred subjects of a reason, the others are counted together.
    """
    if not tally.refused:
        return
    rows = _bounded(channel, tally)
    # One order for everyone: two batches cannot deadlock.
    ordered = sorted(rows.items())
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), _ROWS_A_STATEMENT):
            part = ordered[start : start + _ROWS_A_STATEMENT]
            values = [
                value
                for (reason, subject), refused in part
                for value in (channel, reason, subject, refused.count, refused.example, moment)
            ]
            rows_of_marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(part))
            cursor.execute(_UPSERT.format(rows=rows_of_marks), values)


def _bounded(channel: str, tally: RefusalTally) -> dict[tuple[str, str], Refused]:
    reasons = {reason for reason, _subject in tally.refused}
    known: dict[str, set[str]] = defaultdict(set)
    found = Refusal.objects.filter(channel=channel, reason__in=reasons)
    for reason, subject in found.values_list("reason", "subject"):
        known[reason].add(subject)
    rows: dict[tuple[str, str], Refused] = {}
    for (reason, subject), refused in tally.refused.items():
        named = known[reason]
        if subject not in named and len(named - {OTHERS}) >= MOST_SUBJECTS:
            subject = OTHERS
        named.add(subject)
        row = rows.setdefault((reason, subject), Refused())
        row.count += refused.count
        row.example = refused.example or row.example
    return rows
