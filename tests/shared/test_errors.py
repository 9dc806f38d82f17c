"""What a refusal is called, and how it reads in a terminal."""

import pytest

from portal.shared.errors import DomainError, FieldError, InvalidInput, NotFound


class Level2Missing(DomainError):
    pass


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("x"), "invalid-input"),
        (NotFound("x"), "not-found"),
        (Level2Missing("x"), "level2-missing"),
    ],
)
def test_names_the_error_after_its_class(error: DomainError, code: str) -> None:
    assert error.code == code


def test_lists_the_fields_below_the_sentence() -> None:
    error = InvalidInput("Two are wrong.", fields=[FieldError("/a", "No."), FieldError("/b", "N.")])

    assert str(error) == "Two are wrong.\n  /a: No.\n  /b: N."
