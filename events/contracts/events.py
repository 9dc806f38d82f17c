from dataclasses import dataclass

from events.contracts.base import Contract, Priority, contract


@contract("events.delivery.parked")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryParked(Contract):
    """A subscriber did not take an event in the end; what follows in its key waits for somebody."""

    priority = Priority.HIGH

    delivery: int
    subscriber: str
    event: str
    parked_type: str
    attempts: int
    reason: str
    at: str

    @property
    def stream(self) -> str:
        return f"events.delivery.{self.delivery}"


@contract("events.delivery.redriven")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRedriven(Contract):
    """Dead letters were let out again; `delivery` is None when there were several."""

    retention_class = "audit"

    delivery: int | None
    subscriber: str
    letters: int
    is_edited: bool
    at: str

    @property
    def stream(self) -> str:
        return f"events.delivery.{self.delivery}" if self.delivery else "events.delivery"


@contract("events.delivery.discarded")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDiscarded(Contract):
    """A dead letter was given up for good."""

    retention_class = "audit"

    delivery: int
    subscriber: str
    at: str

    @property
    def stream(self) -> str:
        return f"events.delivery.{self.delivery}"


@contract("events.replay.finished")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayFinished(Contract):
    """Events were given to their handlers again, and what those wrote was kept."""

    retention_class = "audit"

    chosen_type: str
    chosen_stream: str
    subscriber: str
    first_position: int
    last_position: int
    effects: list[str]
    events: int
    done: int
    failed: int
    blocked: int
    at: str

    @property
    def stream(self) -> str:
        return "events.replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFact(Contract):
    """Something happened to a webhook subscription. `webhook` is its slug."""

    retention_class = "audit"

    webhook: str
    at: str

    @property
    def stream(self) -> str:
        return f"events.webhook.{self.webhook}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAims(WebhookFact):
    """`receiver` is scheme and host alone: the path of a URL often holds a token."""

    receiver: str
    event_types: list[str]


@contract("events.webhook.created")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookCreated(WebhookAims):
    pass


@contract("events.webhook.changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChanged(WebhookAims):
    pass


@contract("events.webhook.paused")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPaused(WebhookFact):
    pass


@contract("events.webhook.enabled")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEnabled(WebhookFact):
    pass


@contract("events.webhook.disabled")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDisabled(WebhookFact):
    """By somebody, or by the portal after the receiver failed too long or was gone."""

    reason: str
    waiting: int


@contract("events.webhook.secret_rotated")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretRotated(WebhookFact):
    version: int


@contract("events.webhook.secret_shown")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretShown(WebhookFact):
    version: int


@contract("events.webhook.tested")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTested(WebhookFact):
    """Sent to the receiver itself too, whatever types it asked for."""


@contract("events.webhook.deleted")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeleted(WebhookFact):
    """`discarded` events were on their way and are not sent any more."""

    discarded: int
