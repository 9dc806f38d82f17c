"""The last 90 days of an objective as they were, and as they would have been."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import available_timezones

import numpy as np
from django.core.exceptions import ValidationError

from portal.shared.errors import FieldError
from slo.errors import ObjectiveRefused
from slo.models import Objective
from slo.rules.alert_level import WindowPair
from slo.rules.burn_rate import can_fire, error_budget
from slo.rules.composite import Blend
from slo.rules.history import History
from slo.rules.minute import MINUTE, window_end
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import whole_slices
from slo.rules.what_if import Measured, Replay, Settings, replay
from slo.rules.window import MINUTES_A_DAY, Span, merged
from slo.selectors.accounts import Account, accounts
from slo.selectors.history import series_history, window_starts
from slo.selectors.indicators import get_objective
from slo.selectors.latencies import latency_history
from slo.selectors.windows import Readings

REPLAYED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different; None leaves a setting as it is.

    `exclusions` are taken out beside the standing corrections, or instead of them. A latency
    threshold is read from histograms: rounded up to their next bucket, by at most 2.2 %, and
    counted at the end of each five minutes.
    """

    target: Decimal | None = None
    window_days: int | None = None
    calendar_unit: str | None = None
    time_zone: str | None = None
    latency_threshold_ms: int | None = None
    burn_windows: tuple[WindowPair, ...] | None = None
    exclusions: tuple[Span, ...] = ()
    without_corrections: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One set of settings and its replay. Left out are pairs that could never fire, or that
    are longer than the window."""

    target: Decimal
    window: str
    pairs: tuple[WindowPair, ...]
    left_out: tuple[WindowPair, ...]
    replay: Replay


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    slug: str
    name: str
    span: Span
    present: Version
    changed: Version


def what_if(slug: str, changes: Changes, *, at: datetime, days: int = REPLAYED_DAYS) -> WhatIf:
    """This will replay the last days under the present settings and under changed ones.

    Raises UnknownObjective, and ObjectiveRefused where the changes make no sense.
    """
    present = get_objective(slug)
    changed = _changed(present, changes)
    shown = Span.ending(window_end(at), days * MINUTES_A_DAY)
    pairs = tuple(window.pair for window in present.burn_windows.all())
    wanted = pairs if changes.burn_windows is None else changes.burn_windows
    within = Span(_earliest([present, changed], [*pairs, *wanted], shown), shown.end)
    account = accounts([present], within=within, readings=Readings())[0]
    raw = [series_history(series, within) for series, _weight in account.members]
    other = _other(present, changes, raw, within)
    return WhatIf(
        slug=present.slug,
        name=present.name,
        span=shown,
        present=_version(present, account, pairs, _without(raw, account.excluded), shown),
        changed=_version(changed, account, wanted, _without(other, _out(account, changes)), shown),
    )


def _changed(present: Objective, changes: Changes) -> Objective:
    changed = copy(present)
    if changes.target is not None:
        changed.target = changes.target
    if changes.window_days is not None:
        changed.window_kind, changed.calendar_unit = Objective.WindowKind.ROLLING.value, ""
        changed.window_days = changes.window_days
    if changes.calendar_unit is not None:
        changed.window_kind = Objective.WindowKind.CALENDAR.value
        changed.calendar_unit = changes.calendar_unit
    if changes.time_zone is not None:
        changed.time_zone = changes.time_zone
    _refuse(changed, changes)
    return changed


def _refuse(changed: Objective, changes: Changes) -> None:
    problems: list[FieldError] = []
    if changes.window_days is not None and changes.calendar_unit is not None:
        problems.append(FieldError("/calendar_unit", "Send a rolling or a calendar window."))
    if changed.time_zone not in available_timezones():
        problems.append(FieldError("/time_zone", "There is no such time zone."))
    try:
        # Pairs that a looser target strands are left out, where saving would refuse them.
        changed.clean_fields(exclude=("slug", "name"))
    except ValidationError as error:
        problems += [
            FieldError(f"/{name}", message)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    problems += _latency_problems(changed, changes)
    if problems:
        raise ObjectiveRefused("Nothing was replayed.", fields=problems)


def _latency_problems(changed: Objective, changes: Changes) -> Iterable[FieldError]:
    if changes.latency_threshold_ms is None:
        return
    pointer = "/latency_threshold_ms"
    if changed.indicator.kind != Kind.LATENCY:
        yield FieldError(pointer, "Only a latency indicator has a threshold.")
    elif changed.slice_minutes:
        yield FieldError(pointer, "Slices were cut with the present threshold.")
    elif changes.latency_threshold_ms < 1:
        yield FieldError(pointer, "A threshold is at least one millisecond.")


def _earliest(
    objectives: Iterable[Objective], pairs: Iterable[WindowPair], shown: Span
) -> datetime:
    starts = [objective.window.span(shown.start).start for objective in objectives]
    longest = max((pair.long_minutes for pair in pairs), default=0)
    return min(*starts, shown.start - longest * MINUTE)


def _other(
    present: Objective, changes: Changes, raw: Sequence[History], within: Span
) -> Sequence[History]:
    if changes.latency_threshold_ms is None:
        return raw
    threshold = changes.latency_threshold_ms
    return [latency_history(present.indicator_id, within, threshold_ms=threshold)]


def _out(account: Account, changes: Changes) -> list[Span]:
    length = account.objective.slice_minutes
    more = changes.exclusions
    if length:
        more = tuple(whole_slices(span, length=length) for span in more)
    return merged([*(() if changes.without_corrections else account.excluded), *more])


def _without(histories: Iterable[History], excluded: Sequence[Span]) -> list[History]:
    return [history.without(excluded) for history in histories]


def _version(
    objective: Objective,
    account: Account,
    pairs: Sequence[WindowPair],
    histories: Sequence[History],
    shown: Span,
) -> Version:
    sensible = tuple(pair for pair in pairs if _makes_sense(pair, objective))
    measured = Measured(
        histories,
        tuple(weight for _series, weight in account.members),
        Blend(objective.indicator.blend),
    )
    settings = Settings(
        error_budget=error_budget(objective.target),
        window_minutes=objective.window_minutes,
        pairs=sensible,
        # Slices and composites are no sample of requests.
        has_gate=not objective.slice_minutes and len(histories) == 1,
    )
    span = histories[0].span
    places = np.arange(span.minutes - shown.minutes + 1, span.minutes + 1, dtype=np.int64)
    starts = window_starts(objective, span, places)
    return Version(
        target=objective.target,
        window=window_text(objective),
        pairs=sensible,
        left_out=tuple(pair for pair in pairs if pair not in sensible),
        replay=replay(measured, settings, places=places, starts=starts),
    )


def _makes_sense(pair: WindowPair, objective: Objective) -> bool:
    return pair.long_minutes <= objective.window_minutes and can_fire(
        pair.consumption,
        window_minutes=objective.window_minutes,
        long_minutes=pair.long_minutes,
        target=objective.target,
    )


def window_text(objective: Objective) -> str:
    if objective.window_kind == Objective.WindowKind.CALENDAR:
        return f"{objective.calendar_unit} ({objective.time_zone})"
    return f"{objective.window_days} d"
