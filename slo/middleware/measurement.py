"""One request under way: how long it takes until its first byte, and that it is counted once."""

from collections import Counter
from collections.abc import Collection
from time import perf_counter

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings

from portal.shared.errors import DomainError
from slo.rules.telling import is_worth_telling
from slo.services import record_request

log = structlog.get_logger(__name__)

# What nginx writes for a client that went away; the service did nothing wrong.
CLIENT_GONE = 499
FAILED = 500

_refused: Counter[str] = Counter()


class Measurement:
    """Begun with the request. Only the first end counts: what follows it is the same request."""

    def __init__(self, *, service: str, endpoint: str, method: str) -> None:
        self.endpoint = endpoint
        self.status = FAILED
        self._service = service
        self._method = method
        self._started = perf_counter()
        self._is_over = False

    @property
    def is_over(self) -> bool:
        return self._is_over

    def end(self, status: int | None = None) -> None:
        """This will count the request, with the status it was answered with or this one.

        A request is not refused because it cannot be counted: that goes to the log.
        """
        if self._is_over:
            return
        self._is_over = True
        status = self.status if status is None else status
        milliseconds = (perf_counter() - self._started) * 1000
        try:
            record_request(
                self.endpoint,
                self._method,
                status,
                None if status == CLIENT_GONE else milliseconds,
                service=self._service,
            )
        except DomainError as error:
            _tell(error)

    async def end_in_loop(self, status: int | None = None) -> None:
        """As `end`, from an event loop; without a recorder, the database is asked elsewhere."""
        if settings.SLO_RECORDER_FLUSH_SECONDS:
            self.end(status)
        else:
            await sync_to_async(self.end)(status)


def is_left_out(path: str, left_out: Collection[str]) -> bool:
    """This will tell whether the path is one of these, or lies below one."""
    return any(path == one or path.startswith(one.rstrip("/") + "/") for one in left_out)


def _tell(error: DomainError) -> None:
    reason = type(error).__name__
    _refused[reason] += 1
    if is_worth_telling(_refused[reason]):
        log.warning("request_not_counted", reason=str(error), times=_refused[reason])
