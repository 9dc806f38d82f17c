"""GET /api/governance/owasp-compliance"""

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


def test_lists_the_ten_categories_as_unknown(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/governance/owasp-compliance")

    document = answer.json()
    assert answer.status_code == 200
    assert [c["id"] for c in document["categories"]] == [f"API{n}:2023" for n in range(1, 11)]
    assert document["categories"][0] == {
        "id": "API1:2023",
        "name": "Broken Object Level Authorization",
        "status": "unknown",
        "evidence": 0,
        "score": None,
    }
    assert {(c["status"], c["score"]) for c in document["categories"]} == {("unknown", None)}


def test_gives_no_overall_score_and_says_why(alice_api: APIClient) -> None:
    document = alice_api.get("/api/governance/owasp-compliance").json()

    assert document["score"] is None
    assert "unknown is not pass" in document["score_reason"]
    assert document["edition"] == "2023"


def test_answers_nobody_without_the_right(charlie_api: APIClient) -> None:
    assert charlie_api.get("/api/governance/owasp-compliance").status_code == 403
