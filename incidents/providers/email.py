import hashlib
import smtplib

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from incidents.providers.base import PageMessage, Receipt, Undeliverable
from incidents.rules import retry
from portal.shared import mail
from portal.shared.deadline import DeadlinePassed
from portal.shared.errors import InvalidInput


class Email:
    """Pages by e-mail. The mail server takes them; nobody knows whether they are read."""

    def send(self, message: PageMessage) -> Receipt:
        try:
            mail.send(_email(message), deadline_seconds=retry.EMAIL_DEADLINE_SECONDS)
        except DeadlinePassed as error:
            raise Undeliverable(
                "The mail server did not take the page in time.", permanent=False
            ) from error
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
            raise Undeliverable(
                f"The mail server refused the page: {type(error).__name__}.", permanent=True
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undeliverable(
                f"The mail server did not take the page: {type(error).__name__}.",
                permanent=False,
            ) from error
        return Receipt(detail="taken by the mail server")

    def refuse_address(self, address: str) -> None:
        try:
            validate_email(address)
        except ValidationError as error:
            raise InvalidInput(f"{address!r} is not an e-mail address.") from error


def _email(message: PageMessage) -> EmailMessage:
    # A subject is one line; a title may come from anywhere.
    title = " ".join(message.title.split())
    return EmailMessage(
        subject=f"[{message.severity}] {message.reference} {title}",
        body=_body(message),
        to=[message.address],
        headers={"Message-ID": _message_id(message.idempotency_key), "X-Priority": "1"},
    )


def _message_id(idempotency_key: str) -> str:
    """Mail readers show a message that comes again under the same id once."""
    digest = hashlib.sha256(idempotency_key.encode()).hexdigest()[:40]
    return f"<page.{digest}@operations-portal>"


def _body(message: PageMessage) -> str:
    lines = [
        f"{message.severity} {message.reference}",
        message.title,
        "",
        f"Services: {', '.join(message.services) or 'not named'}",
        f"Opened: {message.opened_at:%Y-%m-%d %H:%M:%S} UTC",
        f"You are paged on level {message.level} ({message.responder}).",
        "",
    ]
    if message.acknowledge_url:
        lines += ["Acknowledge:", message.acknowledge_url, ""]
    return "\n".join([*lines, "Incident:", message.url, ""])
