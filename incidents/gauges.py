"""What /metrics says of incidents and their pages."""

from collections.abc import Iterator

from incidents import selectors
from portal.shared import clock
from portal.shared.metrics import Sample, register_gauge


def register() -> None:
    register_gauge("incidents_open", "Incidents that are not resolved, by severity.", _open)
    register_gauge(
        "pages", "Pages that wait, and pages of open incidents that were given up.", _pages
    )
    register_gauge(
        "page_oldest_wait_seconds",
        "Age of the oldest page that no receiver has taken; absent when none waits.",
        _oldest_wait,
    )


def _open() -> Iterator[Sample]:
    for severity, count in selectors.paging_figures(at=clock.now()).open_by_severity.items():
        yield {"severity": severity}, count


def _pages() -> Iterator[Sample]:
    figures = selectors.paging_figures(at=clock.now())
    yield {"state": "pending"}, figures.pages_pending
    yield {"state": "failed"}, figures.pages_failed


def _oldest_wait() -> Iterator[Sample]:
    wait = selectors.paging_figures(at=clock.now()).oldest_wait
    if wait is not None:
        yield {}, wait.total_seconds()
