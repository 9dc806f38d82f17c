"""Whatever comes in whatever order: no bucket holds more good requests than requests."""

from hypothesis import given
from hypothesis import strategies as st

from slo.rules.burn_rate import Counts
from slo.rules.matched_counts import Arrived, Waiting, matched

PARTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


def taken_in(arrivals: list[Arrived], *, counts_bad: bool) -> tuple[Counts, Waiting]:
    held, waiting = Counts(), Waiting()
    for arrived in arrivals:
        gained, waiting = matched(arrived, held=held, waiting=waiting, counts_bad=counts_bad)
        held += gained or Counts()
        assert 0 <= held.good <= held.total
    return held, waiting


@given(PARTS, st.data())
def test_good_and_total_meet_in_any_order(
    parts: list[tuple[int, int]], data: st.DataObject
) -> None:
    apart = [Arrived(total=a + b) for a, b in parts] + [Arrived(good=a) for a, _b in parts]

    held, waiting = taken_in(data.draw(st.permutations(apart)), counts_bad=False)

    assert (held.good, held.total) == (sum(a for a, _b in parts), sum(a + b for a, b in parts))
    assert waiting.total == 0


@given(PARTS, st.data())
def test_bad_and_total_meet_in_any_order(parts: list[tuple[int, int]], data: st.DataObject) -> None:
    apart = [Arrived(total=a + b) for a, b in parts] + [Arrived(bad=b) for _a, b in parts]

    held, waiting = taken_in(data.draw(st.permutations(apart)), counts_bad=True)

    assert (held.good, held.total) == (sum(a for a, _b in parts), sum(a + b for a, b in parts))
    assert waiting.total == 0


@given(st.lists(st.builds(Arrived, st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_what_no_total_covers_waits(arrivals: list[Arrived]) -> None:
    held, waiting = taken_in(arrivals, counts_bad=False)

    good, total = sum(a.good for a in arrivals), sum(a.total for a in arrivals)
    assert (held.total, held.good + waiting.good) == (total, good)
    assert waiting.good == max(good - total, 0)


def test_a_report_of_nothing_is_a_report() -> None:
    nothing = Arrived(is_reported=True)
    for counts_bad in (False, True):
        told, _left = matched(nothing, held=Counts(), waiting=Waiting(), counts_bad=counts_bad)
        untold, _left = matched(Arrived(), held=Counts(), waiting=Waiting(), counts_bad=counts_bad)

        assert (told, untold) == (Counts(), None)
