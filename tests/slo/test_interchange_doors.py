"""The REST and the shell door to documents of others."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import Permission
from django.core.management import call_command
from rest_framework.test import APIClient

from catalog.models import Service
from slo.errors import DefinitionsRefused, ExportRefused
from slo.models import Indicator, Objective
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import ObjectiveFactory
from tests.slo.documents import OPENSLO, PYRRA, SLOTH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> Service:
    return ServiceFactory.create(slug="shop", name="Shop")


def run(command: str, *arguments: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def send(client: APIClient, document: str, **options: Any) -> Any:
    return client.post("/api/slo/import", {"document": document, **options})


def test_api_takes_a_document_in_once(alice_api: APIClient) -> None:
    body = {"document": SLOTH}

    answer = alice_api.post("/api/slo/import", body, HTTP_IDEMPOTENCY_KEY="once")
    again = alice_api.post("/api/slo/import", body, HTTP_IDEMPOTENCY_KEY="once")

    assert answer.status_code == 200
    assert answer.json()["created"] == ["shop-latency", "shop-requests"]
    assert again.json() == answer.json()
    assert send(alice_api, SLOTH).json()["unchanged"] == ["shop-latency", "shop-requests"]


def test_api_names_every_problem_by_its_pointer(alice_api: APIClient) -> None:
    wrong = SLOTH.replace("objective: 99.9", "objective: 100").replace("events:", "raw:")

    answer = send(alice_api, wrong)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:definitions-refused"
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/slos/0/objective", "/slos/0/sli/raw", "/slos/1/sli/raw",
    ]  # fmt: skip
    assert not Indicator.objects.exists()


def test_api_says_what_would_be_done(alice_api: APIClient) -> None:
    answer = send(alice_api, PYRRA, dry_run=True, service="shop")

    assert (answer.json()["created"], answer.json()["dry_run"]) == (["shop-errors"], True)
    assert not Objective.objects.exists()


def test_api_creates_services_for_those_who_may(cast: Cast) -> None:
    cast.bob.user_permissions.add(Permission.objects.get(codename="add_objective"))
    client = APIClient()
    client.force_authenticate(cast.bob)
    document = SLOTH.replace("service: shop", "service: blog")

    assert send(client, document, create_services=True).status_code == 403
    assert send(client, document).status_code == 400
    assert not Service.objects.filter(slug="blog").exists()

    cast.bob.user_permissions.add(Permission.objects.get(codename="import_services"))
    client.force_authenticate(type(cast.bob).objects.get(pk=cast.bob.pk))
    assert send(client, document, create_services=True).json()["services_created"] == ["blog"]


@pytest.mark.parametrize("body", [{}, {"document": 7}, {"document": "", "dry_run": "x"}])
def test_api_refuses_other_bodies(alice_api: APIClient, body: Any) -> None:
    assert alice_api.post("/api/slo/import", body).status_code == 400


def test_api_is_for_those_with_the_right(charlie_api: APIClient) -> None:
    assert send(charlie_api, SLOTH).status_code == 403
    assert charlie_api.get("/api/slo/export").status_code == 403


@pytest.mark.parametrize("accept", ["*/*", "text/yaml", "application/json"])
def test_api_gives_documents_out(alice_api: APIClient, accept: str) -> None:
    send(alice_api, OPENSLO)

    answer = alice_api.get("/api/slo/export?format=openslo", HTTP_ACCEPT=accept)
    rules = alice_api.get("/api/slo/export?format=prometheus&objective=shop-requests")

    assert answer["Content-Type"] == "text/yaml; charset=utf-8"
    kinds = [document["kind"] for document in yaml.safe_load_all(answer.content)]
    assert kinds == ["Service", "SLI", "SLO", "AlertNotificationTarget"]
    (group,) = yaml.safe_load(rules.content)["groups"]
    assert group["name"] == "slo-shop-requests"


@pytest.mark.parametrize(
    ("query", "status"), [("format=html", 400), ("objective=none", 404), ("format=%0a", 400)]
)
def test_api_answers_problems_as_documents(alice_api: APIClient, query: str, status: int) -> None:
    answer = alice_api.get(f"/api/slo/export?{query}", HTTP_ACCEPT="text/yaml")

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_api_names_what_rules_cannot_say(alice_api: APIClient) -> None:
    ObjectiveFactory.create(slug="own")

    answer = alice_api.get("/api/slo/export?format=prometheus")

    assert answer.content.startswith(b"# Left out: own: The portal counts its requests itself")
    assert yaml.safe_load(answer.content) == {"groups": []}


def test_commands_carry_objectives_from_a_file_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "slos.yaml"
    file.write_text(OPENSLO, encoding="utf-8")

    told = run("import_objectives", file, "--dry-run")
    assert told.startswith("This is what would be done; nothing was stored.\n")
    assert "Created: shop-requests.\nUnchanged: 0.\n" in run("import_objectives", file)
    file.write_text(run("export_objectives", "--objective", "shop-requests"), encoding="utf-8")
    assert run("import_objectives", file) == "Unchanged: 1.\n"
    assert "alert: SloBurnsErrorBudget" in run("export_objectives", "--format", "prometheus")


def test_commands_refuse_by_name(tmp_path: Path) -> None:
    ObjectiveFactory.create(slug="own")
    (tmp_path / "latin").write_bytes(b"\xff")

    with pytest.raises(ExportRefused, match="/own: The portal counts"):
        run("export_objectives", "--format", "prometheus", "--objective", "own")
    assert "Left out: own" in run("export_objectives", "--format", "prometheus")
    for name in ("missing", "latin"):
        with pytest.raises(DefinitionsRefused):
            run("import_objectives", tmp_path / name)
