"""How good forecasts were, of each objective and of all."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from slo.models import Forecast
from slo.rules.forecast import HORIZONS
from slo.rules.forecast_score import Judged, Score, score

SCORED_DAYS = 90
# The latest so many are scored: more would say the same, and take long to read.
MOST_SCORED = 100_000
# The fields of Judged, in their order.
_JUDGED = (
    "objective__slug",
    "consumed",
    "depletion_chance",
    "median",
    "low",
    "high",
    "was_depleted",
    "consumed_then",
)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The score of one horizon: of everything, and of each objective by slug."""

    horizon_hours: int
    overall: Score | None
    by_objective: tuple[tuple[str, Score], ...]


def forecast_scorecard(
    *, at: datetime, slug: str | None = None, days: int = SCORED_DAYS
) -> list[Scorecard]:
    """This will score the forecasts that fell due in the last days, by horizon."""
    rows = Forecast.objects.filter(
        due_at__gt=at - timedelta(days=days), due_at__lte=at, consumed_then__isnull=False
    )
    if slug is not None:
        rows = rows.filter(objective__slug=slug)
    found: dict[int, dict[str, list[Judged]]] = defaultdict(lambda: defaultdict(list))
    latest = rows.order_by("-due_at").values_list("horizon_hours", *_JUDGED)[:MOST_SCORED]
    for row in latest.iterator():
        hours, group = row[0], row[1]
        found[hours][group].append(Judged(*row[1:]))
    return [_scorecard(hours, found[hours]) for hours in HORIZONS]


def _scorecard(hours: int, by_objective: dict[str, list[Judged]]) -> Scorecard:
    every = [one for judged in by_objective.values() for one in judged]
    scored = ((slug, score(judged)) for slug, judged in sorted(by_objective.items()))
    return Scorecard(
        hours, score(every), tuple((slug, found) for slug, found in scored if found is not None)
    )
