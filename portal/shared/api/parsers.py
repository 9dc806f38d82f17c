import codecs
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import JSONParser

from portal.shared.errors import FieldError, InvalidInput, TooLarge, pointer_step

# Far below the interpreter's own limit, which depends on how deep the caller stands: what
# could be parsed could otherwise fail when it is hashed, stored or rendered.
DEEPEST_NESTING = 100
# PostgreSQL stores neither NUL nor half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class _NotANumber:
    def __init__(self, spelling: str) -> None:
        self.spelling = spelling


class StrictJSONParser(JSONParser):
    """JSON in UTF-8, of bounded size and depth.

    NaN, infinities and text that a database cannot keep are refused where they stand.
    """

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
            document = json.loads(
                codecs.decode(body, "utf-8"), parse_constant=_NotANumber, parse_float=_finite
            )
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
        if wrong := list(_unacceptable(document, "", depth=0)):
            raise InvalidInput("The body holds values that cannot be kept.", fields=wrong)
        return document  # type: ignore[no-any-return]  # views check the shape by serializer


def _finite(spelling: str) -> float | _NotANumber:
    number = float(spelling)
    return number if math.isfinite(number) else _NotANumber(spelling)


def _unacceptable(value: Any, pointer: str, *, depth: int) -> Iterator[FieldError]:
    if depth > DEEPEST_NESTING:
        raise InvalidInput("The body is nested too deeply.")
    if trouble := _trouble_with(value):
        yield FieldError(pointer or "/", trouble)
    for step, item in _members_of(value):
        below = f"{pointer}/{pointer_step(_UNSTORABLE.sub(_spelled, str(step)))}"
        if isinstance(step, str) and _UNSTORABLE.search(step):
            yield FieldError(below, "The name holds a character that cannot be stored.")
        yield from _unacceptable(item, below, depth=depth + 1)


def _trouble_with(value: Any) -> str | None:
    if isinstance(value, _NotANumber):
        return f"{value.spelling} is not a number."
    if isinstance(value, str) and _UNSTORABLE.search(value):
        return "Holds a character that cannot be stored."
    return None


def _members_of(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _spelled(character: re.Match[str]) -> str:
    """`\\x00` in letters: the answer must be able to carry the pointer."""
    return character[0].encode("unicode_escape").decode()
