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
