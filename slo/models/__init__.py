"""The nouns of promises: what is counted, what is promised, what became of it."""

from slo.models.access_logs import LogCursor
from slo.models.corrections import Correction
from slo.models.forecasts import Forecast
from slo.models.indicators import Bucket, Component, Indicator, LatencyBucket, Slicing
from slo.models.objectives import BurnWindow, Objective
from slo.models.occasions import Occasion
from slo.models.policies import FreezeOverride, StatusPage
from slo.models.retention import Thinned
from slo.models.sources import (
    MetricSource,
    RecorderSpool,
    Refusal,
    SeriesState,
    UnmatchedCount,
)

__all__ = [
    "Bucket",
    "BurnWindow",
    "Component",
    "Correction",
    "Forecast",
    "FreezeOverride",
    "Indicator",
    "LatencyBucket",
    "LogCursor",
    "MetricSource",
    "Objective",
    "Occasion",
    "RecorderSpool",
    "Refusal",
    "SeriesState",
    "Slicing",
    "StatusPage",
    "Thinned",
    "UnmatchedCount",
]
