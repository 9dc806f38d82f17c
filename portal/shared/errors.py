"""What the portal refuses, said once: a problem document, an admin message, an exit code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong input. `field` is a JSON pointer such as `/items/3/at`."""

    field: str
    detail: str


def pointer_step(name: object) -> str:
    """This will spell the name of a field as one step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


class DomainError(Exception):
    """Something an operator asked for could not be, and this says what to do next.

    Subclasses are named after what could not be; `title` is that in words.
    """

    status: ClassVar[int] = 409
    exit_code: ClassVar[int] = 1
    title: ClassVar[str] = "The request could not be carried out"

    def __init__(self, detail: str, *, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)

    @property
    def code(self) -> str:
        """This will return the class name in kebab-case, the machine's name of the error."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(self).__name__).lower()

    def __str__(self) -> str:
        listed = "".join(f"\n  {error.field}: {error.detail}" for error in self.fields)
        return f"{self.detail}{listed}"


class InvalidInput(DomainError):
    """Refuses values; `fields` names each."""

    status = 400
    exit_code = 2
    title = "The input is not valid"


class NotFound(DomainError):
    status = 404
    exit_code = 2
    title = "There is no such thing"


class TooLarge(DomainError):
    status = 413
    title = "The request is too large"


class Unavailable(DomainError):
    """A part the verb needs does not answer; trying again later may work."""

    status = 503
    title = "A part of the portal is not available"
