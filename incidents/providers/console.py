import sys

from incidents.providers.base import PageMessage, Receipt


class Console:
    """Pages on the terminal of the worker, for a portal tried out on one machine."""

    def send(self, message: PageMessage) -> Receipt:
        lines = [
            f"PAGE  {message.severity} {message.reference}  {_printable(message.title)}",
            f"  for         {message.responder}, level {message.level}",
            f"  services    {', '.join(message.services) or 'not named'}",
            f"  incident    {message.url}",
        ]
        if message.acknowledge_url:
            lines.append(f"  acknowledge {message.acknowledge_url}")
        width = max(len(line) for line in lines)
        # One write, so that two pages sent at once do not mix their lines.
        sys.stderr.write("\n".join(["", "=" * width, *lines, "=" * width, "", ""]))
        sys.stderr.flush()
        return Receipt(detail="printed")

    def refuse_address(self, address: str) -> None:
        """Any address will do: there is one terminal."""


def _printable(text: str) -> str:
    """A title may come from anywhere; one that steers the terminal is shown, not obeyed."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
