"""Acknowledge without an account at hand: a link that only the paged responder was sent."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse

from incidents.errors import LinkRefused
from incidents.models import Incident, Page
from incidents.services.incidents import acknowledge_incident

LINK_AGE = timedelta(days=7)
VIA = "page link"

_signer = TimestampSigner(salt="incidents.acknowledge")


def acknowledge_address(page: Page) -> str:
    """This will return the link that acknowledges as the page's responder."""
    token = _signer.sign(page.page_id.hex)
    return f"{settings.PORTAL_URL}{reverse('incidents-acknowledge', args=[token])}"


def page_of_link(token: str) -> Page:
    """This will return the page the link was sent with. Raises LinkRefused."""
    try:
        page_id = _signer.unsign(token, max_age=LINK_AGE)
    except SignatureExpired as error:
        raise LinkRefused(
            f"This link is older than {LINK_AGE.days} days. Sign in to the portal instead."
        ) from error
    except BadSignature as error:
        raise LinkRefused(
            "This link is not whole. Open it from the page again, or sign in to the portal."
        ) from error
    page = (
        Page.objects.select_related("incident", "responder")
        .filter(page_id=page_id, responder__is_active=True)
        .first()
    )
    if page is None:
        raise LinkRefused("What this link belongs to is gone. Sign in to the portal instead.")
    return page


def acknowledge_by_link(*, token: str, at: datetime) -> Incident:
    """This will acknowledge as the responder the link was sent to."""
    page = page_of_link(token)
    return acknowledge_incident(
        incident_id=page.incident_id, acting_user=page.responder, at=at, via=VIA
    )
