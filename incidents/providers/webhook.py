"""Pages as signed HTTP requests: Standard Webhooks headers over a JSON body."""

import json
from typing import Any

from standardwebhooks import Webhook as Signer

from incidents.providers.base import PageMessage, Receipt, Undeliverable
from incidents.rules import retry
from portal.shared import http
from portal.shared.errors import InvalidInput


class Webhook:
    def send(self, message: PageMessage) -> Receipt:
        body = json.dumps(_payload(message), ensure_ascii=False)
        try:
            answer = http.call(
                "POST",
                message.address,
                deadline_seconds=retry.DEADLINE_SECONDS,
                headers=_headers(message, body),
                content=body.encode(),
            )
        except (http.AddressRefused, InvalidInput) as error:
            raise Undeliverable(str(error), permanent=True) from error
        except http.CallFailed as error:
            raise Undeliverable(str(error), permanent=False) from error
        if answer.is_success:
            return Receipt(status_code=answer.status)
        raise Undeliverable(
            f"The receiver answered {answer.status}.",
            permanent=retry.is_refusal(answer.status),
            status_code=answer.status,
        )

    def refuse_address(self, address: str) -> None:
        http.refuse_unless_callable(address)


def _headers(message: PageMessage, body: str) -> dict[str, str]:
    signature = Signer(message.signing_secret).sign(message.idempotency_key, message.sent_at, body)
    return {
        "Content-Type": "application/json",
        "User-Agent": "operations-portal",
        "webhook-id": message.idempotency_key,
        "webhook-timestamp": str(int(message.sent_at.timestamp())),
        "webhook-signature": signature,
    }


def _payload(message: PageMessage) -> dict[str, Any]:
    return {
        "type": message.kind,
        "timestamp": message.sent_at.isoformat(),
        "data": {
            "page": message.page_id,
            "level": message.level,
            "responder": message.responder,
            "acknowledge_url": message.acknowledge_url,
            "incident": {
                "reference": message.reference,
                "title": message.title,
                "severity": message.severity,
                "services": list(message.services),
                "opened_at": message.opened_at.isoformat(),
                "url": message.url,
            },
        },
    }
