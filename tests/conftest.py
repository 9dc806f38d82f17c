from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from rest_framework.test import APIClient

from events import services as events
from tests.cast import Cast

# A fixed Monday noon, far from any change of clocks.
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--faults-rounds", type=int, default=1, help="how many seeds the random kills run with"
    )
    parser.addoption(
        "--faults-events", type=int, default=0, help="how many events each kill test of the log has"
    )
    parser.addoption(
        "--oracle-windows",
        type=int,
        default=4000,
        help="how many windows of random histories are compared with their definitions",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "faults_seed" in metafunc.fixturenames:
        rounds = metafunc.config.getoption("--faults-rounds")
        metafunc.parametrize("faults_seed", range(1, rounds + 1))


@pytest.fixture
def at() -> datetime:
    """The moment at which a test happens; pass it where a service wants `at`."""
    return NOON


@pytest.fixture
def oracle_windows(request: pytest.FixtureRequest) -> int:
    windows: int = request.config.getoption("--oracle-windows")
    return windows


@pytest.fixture
def cast(db: None) -> Cast:
    """Alice operates, Bob approves, Charlie may nothing."""
    return Cast()


@pytest.fixture
def alice_api(cast: Cast) -> APIClient:
    client = APIClient()
    client.force_authenticate(cast.alice)
    return client


@pytest.fixture
def charlie_api(cast: Cast) -> APIClient:
    client = APIClient()
    client.force_authenticate(cast.charlie)
    return client


@pytest.fixture
def alice_browser(cast: Cast, client: Client) -> Client:
    """Django's test client, signed in to the admin as Alice."""
    client.force_login(cast.alice)
    return client


@pytest.fixture
def deliver_events() -> Callable[[datetime], int]:
    """Carries every due event to its subscribers, and those that they publish too."""

    def deliver(at: datetime) -> int:
        return events.deliver_due_events(at=at)

    return deliver
