"""How often a trouble that goes on is worth a line in the log."""


def is_worth_telling(times: int) -> bool:
    """This will say yes at each power of two: a night of it is 15 lines, not 30 000."""
    return times > 0 and times & (times - 1) == 0
