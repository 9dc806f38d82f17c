"""The nouns of promises: what is counted, what is promised, how far a log was read."""

from slo.models.access_logs import LogCursor
from slo.models.indicators import Bucket, Indicator
from slo.models.objectives import BurnWindow, Objective

__all__ = ["Bucket", "BurnWindow", "Indicator", "LogCursor", "Objective"]
