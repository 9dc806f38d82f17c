"""Taking counts that others counted for themselves, whole batches at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.shared.errors import FieldError
from slo.errors import CountsRefused, TooManyRequestsAtOnce
from slo.models import Indicator, Refusal
from slo.rules.burn_rate import Counts
from slo.rules.count_validation import CountExpectation, count_of, count_problems
from slo.rules.refusal_tally import RefusalTally
from slo.services.buckets import Place, add_counts
from slo.services.refusals import record_refusals
from slo.services.requests import MOST_ERRORS, MOST_ITEMS, Ingested, RejectedItem


def ingest_counts(*, items: Sequence[Any], partial: bool, at: datetime) -> Ingested:
    """This will add a batch of counts in one transaction: all, or when partial, what is right.

    Raises CountsRefused naming each wrong field of a batch that is not partial, and
    TooManyRequestsAtOnce above 10 000 items.
    """
    if len(items) > MOST_ITEMS:
        raise TooManyRequestsAtOnce(
            f"The batch holds {len(items)} counts; send at most {MOST_ITEMS} at a time.",
            fields=[FieldError("/counts", f"At most {MOST_ITEMS} items.")],
        )
    expected = _expectation(at=at)
    rejected = tuple(_rejected(items, expected))
    if rejected and not partial:
        raise _refusal(rejected)
    wrong = {item.index for item in rejected}
    accepted = [item for index, item in enumerate(items) if index not in wrong]
    _add(accepted, rejected, expected)
    return Ingested(accepted=len(accepted), rejected=rejected)


def _expectation(*, at: datetime) -> CountExpectation:
    known: dict[str, int] = {}
    others: set[str] = set()
    for slug, pk, kind in Indicator.objects.values_list("slug", "pk", "kind"):
        if kind == Indicator.Kind.COUNTS:
            known[slug] = pk
        else:
            others.add(slug)
    return CountExpectation(at=at, indicators=known, others=others)


def _rejected(items: Sequence[Any], expected: CountExpectation) -> Iterator[RejectedItem]:
    for index, item in enumerate(items):
        if errors := count_problems(item, expected, pointer=f"/counts/{index}"):
            yield RejectedItem(index=index, errors=tuple(errors))


def _refusal(rejected: Sequence[RejectedItem]) -> CountsRefused:
    errors = [error for item in rejected for error in item.errors]
    more = f" The first {MOST_ERRORS} errors are listed." if len(errors) > MOST_ERRORS else ""
    return CountsRefused(
        f"Nothing was counted: {len(rejected)} counts are wrong.{more} Send "
        '"partial": true to count the others.',
        fields=errors[:MOST_ERRORS],
    )


@transaction.atomic
def _add(
    items: Sequence[Mapping[str, Any]],
    rejected: Sequence[RejectedItem],
    expected: CountExpectation,
) -> None:
    counts: dict[Place, Counts] = {}
    for item in items:
        place, more = count_of(item, expected)
        counts[place] = counts.get(place, Counts()) + more
    if counts:
        add_counts(counts=counts)
    tally = RefusalTally()
    for refused in rejected:
        first = refused.errors[0]
        field = first.field.rpartition("/")[2]
        tally.add("invalid", field, example=f"{first.field}: {first.detail}")
    record_refusals(channel=Refusal.Channel.COUNTS.value, tally=tally, at=expected.at)
