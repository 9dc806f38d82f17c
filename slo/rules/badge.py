"""A badge for a README: what is promised, how it stands, in words and colour."""

from dataclasses import dataclass

# As wide as Verdana's letters are at eleven points, on the average; the text is fitted in.
LETTER_WIDTH = 6.6
PADDING = 10


@dataclass(frozen=True, slots=True)
class Badge:
    """Widths are in pixels."""

    label: str
    message: str
    colour: str

    @property
    def label_width(self) -> int:
        return _width(self.label)

    @property
    def message_width(self) -> int:
        return _width(self.message)

    @property
    def message_middle(self) -> float:
        return self.label_width + self.message_width / 2

    @property
    def width(self) -> int:
        return self.label_width + self.message_width


# Dark enough for white letters on them: 4.5 to 1 and more.
COLOURS = {
    "healthy": "#15803d",
    "at_risk": "#a16207",
    "exhausted": "#b3121d",
    "no_data": "#64748b",
}


def _width(text: str) -> int:
    return round(len(text) * LETTER_WIDTH) + PADDING
