from incidents.selectors.home import (
    IncidentRow,
    OverdueRow,
    PagingFigures,
    ResolvedRow,
    last_resolved,
    open_incident_rows,
    overdue_rows,
    page_state,
    paging_figures,
)
from incidents.selectors.incidents import all_incidents, get_incident, get_review
from incidents.selectors.on_call import (
    Duty,
    OnCallRow,
    all_schedules,
    duty_of,
    on_call_now,
    reachable_user_ids,
    shown_name,
)
from incidents.selectors.room import Ladder, ladder_of, pages_with_receipts

__all__ = [
    "Duty",
    "IncidentRow",
    "Ladder",
    "OnCallRow",
    "OverdueRow",
    "PagingFigures",
    "ResolvedRow",
    "all_incidents",
    "all_schedules",
    "duty_of",
    "get_incident",
    "get_review",
    "ladder_of",
    "last_resolved",
    "on_call_now",
    "open_incident_rows",
    "overdue_rows",
    "page_state",
    "pages_with_receipts",
    "paging_figures",
    "reachable_user_ids",
    "shown_name",
]
