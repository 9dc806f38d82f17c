"""Where a Prometheus is read from."""

from urllib.parse import urlsplit


def address_problem(url: str) -> str | None:
    """This will tell what is wrong with the address; nothing is with an empty one."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        has_port_in_order = parts.port is None or parts.port > 0
    except ValueError:
        return "This is no address."
    if parts.scheme not in {"http", "https"} or not parts.hostname or not has_port_in_order:
        return "An address begins with http:// or https:// and a host."
    if parts.username or parts.password:
        return "The address would be shown on pages and in logs; leave the password out."
    if parts.query or parts.fragment:
        return "Name the root of the Prometheus, without ? and #."
    return None


def query_address(url: str) -> str:
    """This will return the address that answers instant queries."""
    return f"{url.rstrip('/')}/api/v1/query"
