from dataclasses import dataclass

from events.contracts.base import Contract, contract


@contract("catalog.services.imported")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesImported(Contract):
    """A catalog file was taken in; lists hold slugs."""

    source: str
    created: list[str]
    updated: list[str]
    at: str

    @property
    def stream(self) -> str:
        return "catalog.services"
