"""What a burning error budget does to incidents."""

from datetime import datetime

from events.contracts.slo import BurnRateLevelChanged
from incidents.models import Incident
from incidents.rules.burn_report import burn_description, burn_title
from incidents.rules.severity import severity_of_burn
from incidents.selectors.incidents import find_open_incident
from incidents.services.incidents import create_incident, resolve_incident

DETECTED_BY = "slo burn rate"
RECOVERY = "recovery"
VIA = "event"
NORMAL = "normal"


def answer_burn(fact: BurnRateLevelChanged, *, at: datetime) -> Incident | None:
    """This will open, update or resolve the incident of the objective; None: there is none."""
    cause_key = f"slo:{fact.objective}"
    description = burn_description(
        service=fact.service,
        level=fact.level,
        previous_level=fact.previous_level,
        burn_rates=fact.burn_rates,
        error_budget_remaining=fact.error_budget_remaining,
    )
    if fact.level == NORMAL:
        return _recover(cause_key, fact, description, at=at)
    return create_incident(
        burn_title(fact.objective_name, fact.burn_rates)[:200],
        description,
        severity_of_burn(fact.level, service_tier=fact.service_tier),
        DETECTED_BY,
        [fact.service],
        cause_key=cause_key,
        at=at,
        via=VIA,
    )


def _recover(
    cause_key: str, fact: BurnRateLevelChanged, description: str, *, at: datetime
) -> Incident | None:
    incident = find_open_incident(cause_key)
    if incident is None:
        return None
    return resolve_incident(
        incident_id=incident.pk,
        resolved_by=RECOVERY,
        note=f"{fact.objective_name} no longer burns too fast.\n{description}",
        at=at,
        via=VIA,
    )
