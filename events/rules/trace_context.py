"""The `traceparent` header of W3C Trace Context, level 1."""

import re

_PARTS = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<rest>-.*)?"
)


def traceparent_in(header: str) -> str:
    """This will return the trace a request belongs to, or nothing.

    A header that is not valid is ignored, as the specification asks. Of a later version
    what this one knows is taken.
    """
    parts = _PARTS.fullmatch(header.strip(" \t"))
    if parts is None or parts["version"] == "ff" or (parts["version"] == "00" and parts["rest"]):
        return ""
    if not parts["trace"].strip("0") or not parts["parent"].strip("0"):
        return ""
    return f"00-{parts['trace']}-{parts['parent']}-{parts['flags']}"
