import codecs
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import JSONParser

from portal.shared.errors import FieldError, InvalidInput, TooLarge


class _NotANumber:
    def __init__(self, spelling: str) -> None:
        self.spelling = spelling


class StrictJSONParser(JSONParser):
    """JSON in UTF-8, of bounded size; NaN and infinities are refused where they stand."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = stream.read(settings.REQUEST_BODY_LIMIT_BYTES + 1)
        if len(body) > settings.REQUEST_BODY_LIMIT_BYTES:
            raise TooLarge(
                f"The body is larger than {settings.REQUEST_BODY_LIMIT_BYTES} bytes. "
                "Send it in parts."
            )
        try:
            document = json.loads(codecs.decode(body, "utf-8"), parse_constant=_NotANumber)
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"The body is not UTF-8: byte {error.start} cannot be read."
            ) from error
        except json.JSONDecodeError as error:
            raise InvalidInput(
                f"The body is not JSON: {error.msg}, line {error.lineno}, column {error.colno}."
            ) from error
        except RecursionError as error:
            raise InvalidInput("The body is nested too deeply.") from error
        except ValueError as error:
            raise InvalidInput(f"The body is not acceptable JSON: {error}.") from error
        if wrong := list(_not_numbers(document, "")):
            raise InvalidInput("The body holds values that JSON has no number for.", fields=wrong)
        return document  # type: ignore[no-any-return]  # views check the shape by serializer


def _not_numbers(value: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(value, _NotANumber):
        yield FieldError(pointer or "/", f"{value.spelling} is not a number.")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _not_numbers(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _not_numbers(item, f"{pointer}/{index}")
