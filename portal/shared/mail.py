"""The one place that hands e-mail to the mail server."""

from django.core.mail import EmailMessage

from portal.shared import effects
from portal.shared.deadline import within


def send(message: EmailMessage, *, deadline_seconds: float) -> None:
    """This will send the message. Raises DeadlinePassed, and what the mail server says."""
    effects.about_to("email", f"to {len(message.recipients())} addresses")
    within(deadline_seconds, message.send)
