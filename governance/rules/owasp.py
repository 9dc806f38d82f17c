"""The OWASP API Security Top 10 of 2023, and what can be said of it without an audit."""

from dataclasses import dataclass

EDITION = "2023"


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: str


CATEGORIES = (
    Category("API1:2023", "Broken Object Level Authorization"),
    Category("API2:2023", "Broken Authentication"),
    Category("API3:2023", "Broken Object Property Level Authorization"),
    Category("API4:2023", "Unrestricted Resource Consumption"),
    Category("API5:2023", "Broken Function Level Authorization"),
    Category("API6:2023", "Unrestricted Access to Sensitive Business Flows"),
    Category("API7:2023", "Server Side Request Forgery"),
    Category("API8:2023", "Security Misconfiguration"),
    Category("API9:2023", "Improper Inventory Management"),
    Category("API10:2023", "Unsafe Consumption of APIs"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one category. `score` is None when there is no evidence."""

    id: str
    name: str
    status: str
    evidence: int
    score: float | None


def verdicts_without_evidence() -> list[Verdict]:
    """This will return a verdict for each category: unknown, which is not pass."""
    return [
        Verdict(category.id, category.name, status="unknown", evidence=0, score=None)
        for category in CATEGORIES
    ]
