from dataclasses import dataclass

from events.contracts.base import Contract, contract


@contract("recovery.drill.recorded")
@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRecorded(Contract):
    """A drill of a plan was done. A measure that nobody took is None, never zero."""

    retention_class = "audit"

    plan: str
    drill: int
    outcome: str
    services: list[str]
    measured_rto_seconds: int | None
    measured_rpo_seconds: int | None
    started_at: str
    ended_at: str
    at: str

    @property
    def stream(self) -> str:
        return f"recovery.plan.{self.plan}"
