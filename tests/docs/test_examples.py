"""Every example of the documents is run and answers as it is written, or is listed as not run."""

import functools
import json
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.core.management import call_command, get_commands
from django.core.management.color import no_style
from django.db import connection
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from catalog import services as catalog
from incidents.models import Incident, Schedule
from portal.shared import clock
from portal.shared.services import issue_api_token
from slo.rules.access_log import Malformed, RequestTimeUnit, read_line
from tests.architecture.source import ROOT
from tests.cast import Cast
from tests.docs.examples import (
    Call,
    Example,
    calls_of,
    commands_of,
    differences,
    documents,
    examples,
    examples_in,
)
from tests.docs.not_run import COMMANDS_NOT_RUN, NOT_RUN
from tests.docs.sent import SENDERS, Sent, page
from tests.factories.catalog import ServiceFactory
from tests.factories.incidents import IncidentFactory, ScheduleMemberFactory
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db(transaction=True)

# The moment of the examples lies further back than counts are taken.
WRITTEN_AT = "2026-03-02T12:00:00Z"
SURFACES = {
    "GET /api/governance/dashboard",
    "GET /api/governance/owasp-compliance",
    "GET /api/slo/dashboard",
    "GET /api/slo/burn-rate/portal-availability",
    "GET /api/config/environments",
    "GET /api/config/secrets/audit",
    "GET /api/disaster-recovery/status",
    "POST /api/disaster-recovery/failover",
    "GET /api/incidents",
    "POST /api/incidents",
}


def of_kind(kind: str) -> list[Example]:
    return [example for example in examples() if example.kind == kind]


def name(example: Example) -> str:
    return f"{example.document}: {example.first_line[:40]}"


each = functools.partial(pytest.mark.parametrize, "example", ids=name)


@pytest.fixture(autouse=True)
def portal(db: None, cast: Cast) -> None:
    """What the documents take for granted: the defaults, two services and an incident."""
    call_command("seed_defaults", verbosity=0)
    for slug in ("checkout", "blog"):
        IndicatorFactory.create(service=ServiceFactory.create(slug=slug))
    IndicatorFactory.create(slug="checkout-payments", kind="counts")
    ScheduleMemberFactory.create(schedule=Schedule.objects.get(slug="primary"), user=cast.alice)
    _number_incidents_on(IncidentFactory.create(pk=12, title="Something is slow"))


def _number_incidents_on(incident: Incident) -> None:
    """PostgreSQL does not know of a number that was given by hand, and would give it again."""
    for statement in connection.ops.sequence_reset_sql(no_style(), [type(incident)]):
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture
def sent(request: pytest.FixtureRequest, cast: Cast, settings: Settings) -> Sent:
    """What the example's document is about, as a receiver on this machine got it."""
    settings.PORTAL_URL = "https://portal.example.com"
    send = SENDERS.get(request.getfixturevalue("example").document, page)
    return send(cast.alice)


def now_written() -> str:
    return f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"


def ask(call: Call, server: str) -> httpx.Response:
    address = urlsplit(call.address)
    query = f"?{address.query}" if address.query else ""
    return httpx.request(
        call.method,
        f"{server}{address.path}{query}",
        headers=call.headers,
        content=call.body,
        trust_env=False,
    )


def statuses_written(call: Call) -> set[int]:
    """A refusal says its status; whatever else is written was done."""
    is_problem = isinstance(call.answer, dict) and "problem" in call.answer.get("type", "")
    return {call.answer["status"]} if is_problem else {200, 201, 202, 204}


@each(of_kind("curl"))
def test_calls_are_answered_as_written(
    example: Example, live_server: LiveServer, cast: Cast
) -> None:
    token = issue_api_token(username=cast.alice.username, expires_in=None)
    text = example.text.replace("$TOKEN", token).replace(WRITTEN_AT, now_written())

    for call in calls_of(text):
        answer = ask(call, live_server.url)

        assert answer.status_code in statuses_written(call), answer.text
        if call.answer:
            assert differences(call.answer, answer.json()) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Path]:
    """Where the commands find the files they name, and leave what they make."""
    for file in (ROOT / "docs" / "examples").rglob("*.yaml"):
        shutil.copy(file, tmp_path)
    lines = [example.text for example in of_kind("log")]
    moment = f"{clock.now():%d/%b/%Y:%H:%M:%S}"
    written = "\n".join(lines).replace("02/Mar/2026:12:00:00", moment) + "\n"
    (tmp_path / "access.log").write_text(written, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    settings.STATIC_ROOT = str(tmp_path / "static")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "bob-password")
    # The follower waits for more lines; it is asked to stop when there are none.
    monkeypatch.setattr(
        "slo.management.commands.follow_access_log.time.sleep",
        lambda _seconds: signal.raise_signal(signal.SIGTERM),
    )
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield tmp_path
    for number, handler in handlers.items():
        signal.signal(number, handler)


def run(words: list[str], folder: Path) -> None:
    words = [
        str(folder / Path(word).name) if word.startswith("/var/log/") else word for word in words
    ]
    if words[0] == "createsuperuser":
        words += ["--no-input", "--username=dora", "--email=dora@example.com"]
    call_command(*words)


@each(of_kind("command"))
def test_commands_do_what_they_are_for(
    example: Example, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in commands_of(example.text):
        run(words, folder)

        told = capsys.readouterr()
        assert "Traceback" not in told.err
        if words[0].endswith("_access_log"):
            assert "0 malformed" in told.out


@each(of_kind("log"))
def test_log_lines_are_read(example: Example) -> None:
    moment = datetime(2026, 3, 2, 12, 1, tzinfo=UTC)

    for line in example.text.splitlines():
        read = read_line(line.encode(), service="checkout", unit=RequestTimeUnit.SECONDS, at=moment)

        assert not isinstance(read, Malformed)


@each(of_kind("yaml"))
def test_catalog_files_are_imported(example: Example, cast: Cast, at: datetime) -> None:
    ServiceFactory.create(slug="label-printer")

    outcome = catalog.import_catalog(
        text=example.text, source=example.document, acting_user=cast.alice, at=at
    )

    assert outcome.created


@each(of_kind("python"))
def test_python_runs(example: Example, sent: Sent) -> None:
    known = {"headers": sent.headers, "body": sent.body}

    exec(compile(example.text.replace("whsec_…", sent.secret), example.document, "exec"), known)  # noqa: S102  (our own documents)

    if "document" in known:
        assert json.loads(sent.body) == known["document"]


@each(of_kind("json"))
def test_what_is_sent_looks_as_written(example: Example, sent: Sent) -> None:
    assert differences(json.loads(example.text), json.loads(sent.body)) == []


def test_every_example_runs_or_is_listed() -> None:
    unknown = {(e.document, e.first_line) for e in examples() if not e.kind}

    assert unknown == set(NOT_RUN)


def test_every_command_of_ours_has_an_example() -> None:
    apps = {path.name for path in ROOT.iterdir() if (path / "apps.py").exists()}
    ours = {
        command
        for command, app in get_commands().items()
        if str(app).partition(".")[0] in apps | {"portal"}
    }
    shown = {words[0] for example in of_kind("command") for words in commands_of(example.text)}

    assert ours - shown == set(COMMANDS_NOT_RUN)


def test_every_surface_has_an_example() -> None:
    calls = [call for example in of_kind("curl") for call in calls_of(example.text)]

    assert {f"{call.method} {urlsplit(call.address).path}" for call in calls} >= SURFACES


def test_finds_examples_of_both_forms() -> None:
    text = "Do:\n\n    curl a\n\n    {}\n\nor\n\n```yaml\n- a: 1\n```\n\n- a list\n    more\n"

    found = list(examples_in(text, "x.md"))

    assert [(e.kind, e.text) for e in found] == [("curl", "curl a\n\n{}"), ("yaml", "- a: 1")]


@pytest.mark.parametrize(
    ("written", "answered", "found"),
    [
        ({"a": 1}, {"a": 2.5}, []),
        ({"a": 1}, {"b": 1}, ["['a', 'b']"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": "1"}]}, ["1 is written"]),
        ({"a": None}, {"a": "x"}, []),
        ({"a": True}, {"a": 1}, ["True is written"]),
        ([1], {}, ["answered"]),
    ],
)
def test_tells_where_an_answer_is_not_as_written(
    written: object, answered: object, found: list[str]
) -> None:
    told = differences(written, answered)

    assert len(told) == len(found)
    assert all(part in line for part, line in zip(found, told, strict=True))


def test_reads_every_document() -> None:
    assert ROOT / "slo" / "README.md" in documents()
