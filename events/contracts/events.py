from dataclasses import dataclass

from events.contracts.base import Contract, contract


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
