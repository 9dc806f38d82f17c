"""Which endpoints a pattern such as `/orders/*` takes in."""


def matches(pattern: str, endpoint: str) -> bool:
    """This will tell whether the endpoint falls under the pattern; `*` is any text.

    The query of the endpoint does not count. The time is linear in both lengths, whatever
    the pattern is, because every text between two stars is sought once.
    """
    path = endpoint.partition("?")[0]
    first, *rest = pattern.split("*")
    if not rest:
        return path == pattern
    *middle, last = rest
    if len(path) < len(first) + len(last):
        return False
    if not (path.startswith(first) and path.endswith(last)):
        return False
    position, end = len(first), len(path) - len(last)
    for part in middle:
        found = path.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True
