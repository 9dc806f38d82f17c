"""One burn, carried from real traffic to an acknowledged page and a drafted review."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx
from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from incidents.models import Incident, Review
from portal.demo import stage
from portal.demo.receiver import ReceivedPage, Receiver
from portal.shared.errors import DomainError
from slo.models import Bucket, Objective

HEALTHY_SECONDS = 5.0
FACTS = 9
Found = TypeVar("Found")


class DemoStoodStill(DomainError):
    """A fact of the story did not come about in time."""

    title = "The demo did not get on"


class Teller:
    """Waits for facts, and prints each with the seconds it took and where to see it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.progress = Progress(
            BarColumn(bar_width=18),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
        )
        self._bar = self.progress.add_task("", total=FACTS)

    def fact(
        self,
        sentence: str,
        look: Callable[[], Found | None],
        *,
        at_page_of: Model | None = None,
        since: float | None = None,
        limit: float = 90,
    ) -> Found:
        """This will look until something is found; `since` counts from an earlier moment."""
        self.progress.update(self._bar, description=f"waiting: {sentence}")
        started = time.monotonic()
        while (found := look()) is None:
            if time.monotonic() - started > limit:
                raise DemoStoodStill(
                    f"In {limit:.0f} s it did not come about that {sentence}. Does the portal "
                    f"at {settings.PORTAL_URL} use the database of this command?"
                )
            time.sleep(0.1)
        self._print(sentence, started=started, since=since)
        seen = at_page_of or (found if isinstance(found, Model) else None)
        if seen is not None:
            self._console.print(f"    [dim]{page_of(seen)}[/dim]")
        self.progress.update(self._bar, advance=1, description=sentence)
        return found

    def _print(self, sentence: str, *, started: float, since: float | None) -> None:
        seconds = time.monotonic() - (since or started)
        scope = " since the burn began" if since else ""
        self._console.print(f"[green]✓[/green] {sentence} [bold]({seconds:.1f} s{scope})[/bold]")


@dataclass(frozen=True, slots=True)
class Story:
    teller: Teller
    objective: Objective
    receiver: Receiver
    shop: str

    def tell(self) -> None:
        self._tell_of_the_burn()
        incident = self._tell_of_the_pages()
        self._tell_of_the_recovery(incident)

    def _tell_of_the_burn(self) -> None:
        self.teller.fact(
            "traffic is counted from the shop's access log",
            self._counted,
            at_page_of=self.objective,
        )
        time.sleep(HEALTHY_SECONDS)
        self._switch("failing")

    def _tell_of_the_pages(self) -> Incident:
        burning = time.monotonic()
        tell = self.teller.fact
        tell(
            "the shop fails, its budget burns: level critical",
            lambda: self._at_level("critical"),
            at_page_of=self.objective,
            since=burning,
        )
        incident = tell("an incident is open", self._open_incident, since=burning)
        tell(
            "level 1 has a page, its signature is good",
            lambda: self._page_for(stage.FIRST),
            at_page_of=incident,
            since=burning,
        )
        page = tell(
            f"nobody answers for {stage.SECONDS_UNTIL_LEVEL_TWO} s: level 2 has a page",
            lambda: self._page_for(stage.SECOND),
            at_page_of=incident,
        )
        follow_acknowledge_link(page.content["data"]["acknowledge_url"])
        tell(
            "level 2 acknowledged by the link in the page",
            lambda: self._with_status(incident, Incident.Status.ACKNOWLEDGED),
        )
        return incident

    def _tell_of_the_recovery(self, incident: Incident) -> None:
        self._switch("healthy")
        self.teller.fact(
            "the shop answers again, its budget stops burning",
            lambda: self._at_level("normal"),
            at_page_of=self.objective,
            limit=240,
        )
        self.teller.fact(
            "the incident is resolved",
            lambda: self._with_status(incident, Incident.Status.RESOLVED),
        )
        self.teller.fact(
            "the review is drafted",
            lambda: Review.objects.filter(incident=incident).first(),
        )

    def _switch(self, state: str) -> None:
        httpx.post(f"{self.shop}/switch/{state}", trust_env=False).raise_for_status()

    def _counted(self) -> Bucket | None:
        return Bucket.objects.filter(indicator=self.objective.indicator).first()

    def _at_level(self, level: str) -> Objective | None:
        return Objective.objects.filter(pk=self.objective.pk, level=level).first()

    def _open_incident(self) -> Incident | None:
        return (
            Incident.objects.filter(services__slug=stage.SERVICE)
            .exclude(status=Incident.Status.RESOLVED)
            .first()
        )

    def _page_for(self, responder: stage.Responder) -> ReceivedPage | None:
        pages = self.receiver.pages_at(responder.path)
        return next((page for page in pages if page.is_signed), None)

    def _with_status(self, incident: Incident, status: str) -> Incident | None:
        return Incident.objects.filter(pk=incident.pk, status=status).first()


def page_of(subject: Model) -> str:
    """This will return the address of the admin page of the thing."""
    opts = subject._meta
    path = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[subject.pk])
    return f"{settings.PORTAL_URL}{path}"


def follow_acknowledge_link(url: str) -> None:
    """This will open the page behind the link and press its one button."""
    with httpx.Client(trust_env=False, timeout=10.0, follow_redirects=True) as browser:
        shown = browser.get(url).raise_for_status()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.text)
        answers = {"csrfmiddlewaretoken": token.group(1)} if token else {}
        browser.post(url, data=answers, headers={"Referer": url}).raise_for_status()
