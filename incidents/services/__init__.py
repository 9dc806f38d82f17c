from incidents.services.burns import answer_burn
from incidents.services.contacts import (
    refuse_address,
    reveal_signing_secret,
    rotate_signing_secret,
    send_test_page,
)
from incidents.services.escalations import escalate_now, page_again, start_due_steps
from incidents.services.incidents import (
    acknowledge_incident,
    add_note,
    create_incident,
    resolve_incident,
)
from incidents.services.links import acknowledge_by_link, page_of_link
from incidents.services.pages import send_due_pages
from incidents.services.reviews import complete_review

__all__ = [
    "acknowledge_by_link",
    "acknowledge_incident",
    "add_note",
    "answer_burn",
    "complete_review",
    "create_incident",
    "escalate_now",
    "page_again",
    "page_of_link",
    "refuse_address",
    "resolve_incident",
    "reveal_signing_secret",
    "rotate_signing_secret",
    "send_due_pages",
    "send_test_page",
    "start_due_steps",
]
