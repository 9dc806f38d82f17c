from dataclasses import dataclass

from events.contracts.base import Contract, Priority, contract


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRateLevelChanged(Contract):
    """The alert level of an objective changed. Rates are 1.0 at the sustainable pace.

    `burn_rates` is keyed by window (`1h`, `6h`, `24h`, `7d`); a window without data is
    left out. `error_budget_remaining` is a fraction and below zero when overspent.
    """

    lane = Priority.HIGH

    objective: str
    objective_name: str
    service: str
    service_tier: int
    previous_level: str
    level: str
    burn_rates: dict[str, float]
    error_budget_remaining: float | None
    at: str

    @property
    def stream(self) -> str:
        return f"slo.objective.{self.objective}"


@contract("slo.burn_rate.normal")
@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRateNormal(BurnRateLevelChanged):
    pass


@contract("slo.burn_rate.low")
@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRateLow(BurnRateLevelChanged):
    pass


@contract("slo.burn_rate.medium")
@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRateMedium(BurnRateLevelChanged):
    pass


@contract("slo.burn_rate.high")
@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRateHigh(BurnRateLevelChanged):
    priority = Priority.HIGH


@contract("slo.burn_rate.critical")
@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRateCritical(BurnRateLevelChanged):
    priority = Priority.HIGH


@contract("slo.error_budget.consumed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudgetConsumed(Contract):
    """Another tenth of the error budget is gone; `consumed_percent` is 10, 20, 30 …"""

    lane = Priority.HIGH

    objective: str
    service: str
    consumed_percent: int
    at: str

    @property
    def stream(self) -> str:
        return f"slo.objective.{self.objective}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertingFact(Contract):
    """Whether the level of an objective is held for want of data; `windows` are those frozen."""

    lane = Priority.HIGH

    objective: str
    service: str
    windows: list[str]
    at: str

    @property
    def stream(self) -> str:
        return f"slo.objective.{self.objective}"


@contract("slo.alerting.frozen")
@dataclass(frozen=True, slots=True, kw_only=True)
class AlertingFrozen(AlertingFact):
    """Too little was reported: the level neither rises nor falls until more comes."""


@contract("slo.alerting.resumed")
@dataclass(frozen=True, slots=True, kw_only=True)
class AlertingResumed(AlertingFact):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFact(Contract):
    """Time was taken out of a budget, or given back. One of objective and service is blank."""

    retention_class = "audit"

    correction: int
    objective: str
    service: str
    reason: str
    starts_at: str
    duration_minutes: int
    recurrence: str
    by: str
    at: str

    @property
    def stream(self) -> str:
        return f"slo.correction.{self.correction}"


@contract("slo.correction.entered")
@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEntered(CorrectionFact):
    pass


@contract("slo.correction.withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionWithdrawn(CorrectionFact):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeOverrideFact(Contract):
    """A service may be changed although its budget is spent, or may no longer."""

    retention_class = "audit"

    service: str
    reason: str
    expires_at: str
    by: str
    at: str

    @property
    def stream(self) -> str:
        return f"slo.service.{self.service}"


@contract("slo.freeze_override.granted")
@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeOverrideGranted(FreezeOverrideFact):
    pass


@contract("slo.freeze_override.revoked")
@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeOverrideRevoked(FreezeOverrideFact):
    pass


@contract("slo.change.recorded")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecorded(Contract):
    """Services were changed: a deploy, a configuration, a flag; told again when its end is
    known. `starts_at` is when the change went out."""

    retention_class = "audit"

    reference: str
    title: str
    kind: str
    services: list[str]
    starts_at: str
    ends_at: str | None
    by: str
    at: str

    @property
    def stream(self) -> str:
        return f"slo.change.{self.reference}"
