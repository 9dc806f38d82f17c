"""Arms that are measured in turns, so that a slow minute of the machine meets all of them."""

import statistics
from collections.abc import Callable, Mapping, Sequence

# Returns how much the arm did in a second.
Arm = Callable[[], float]


def interleaved(arms: Mapping[str, Arm], *, rounds: int) -> dict[str, list[float]]:
    """This will measure every arm once a round, and begin each round with another one.

    A round before the first is not counted: it fills caches and plans.
    """
    names = list(arms)
    measured: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        begin = number % len(names)
        for name in names[begin:] + names[:begin]:
            rate = arms[name]()
            if number:
                measured[name].append(rate)
    return measured


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """This will return the median of what the rounds say, each compared with itself."""
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))


def report(
    title: str, measured: Mapping[str, Sequence[float]], *, unit: str, targets: Mapping[str, float]
) -> None:
    """This will print medians, and how the first arm compares with those that have a target."""
    print(f"  {title}", flush=True)
    ours, *_others = measured
    for name, rates in measured.items():
        line = f"    {name:<44} {statistics.median(rates):>9,.0f} {unit}"
        if name in targets:
            each = [our / their for our, their in zip(measured[ours], rates, strict=True)]
            line += (
                f"   ours {ratio(measured[ours], rates):.2f}x of it "
                f"({min(each):.2f} to {max(each):.2f}; target {targets[name]:g}x)"
            )
        print(line, flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """This will return the value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
