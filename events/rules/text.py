"""What PostgreSQL cannot keep: NUL, and half a surrogate pair. An error may quote both."""

import json
import re

# json.dumps escapes both, so JSON without these escapes holds neither.
LONGEST_LINE = 500
_SUSPECT = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)


def storable(text: str) -> str:
    """This will write out what cannot be kept, the way Python's own repr does."""
    encodable = text.encode(errors="backslashreplace").decode()
    return encodable.replace("\x00", r"\x00")


def in_a_line(error: Exception) -> str:
    """This will say what an error is, in one line that can be kept."""
    told = " ".join(f"{type(error).__name__}: {error}".split())
    return storable(told)[:LONGEST_LINE]


def is_storable(written_json: str) -> bool:
    """This will tell whether JSON, as json.dumps escapes it, can be kept everywhere."""
    if not _SUSPECT.search(written_json):
        return True
    plain = json.dumps(json.loads(written_json), ensure_ascii=False)
    try:
        plain.encode()
    except UnicodeEncodeError:
        return False
    # Unlike the surrogates, NUL stays escaped; two backslashes before it are text.
    return not re.search(r"(?<!\\)(\\\\)*\\u0000", plain)
