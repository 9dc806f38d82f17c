import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.remote_write import WireRefused, labels_of, series_of, unpacked
from tests.slo.wire import Series, lengthy, packed, sample, varint, write_request

NAMES = st.text(max_size=40)
SERIES = st.lists(
    st.tuples(
        st.dictionaries(NAMES, NAMES | st.just("x" * 300), max_size=4),
        st.lists(st.tuples(st.integers(-(2**62), 2**62), st.floats(allow_nan=False)), max_size=3),
    ),
    max_size=5,
)


@given(SERIES)
def test_reads_what_was_written(series: list[Series]) -> None:
    found = list(series_of(unpacked(packed(write_request(series)))))

    assert [labels_of(one.labels) for one in found] == [dict(labels) for labels, _s in series]
    for one, (_labels, written) in zip(found, series, strict=True):
        samples, histograms = one.samples()
        assert [(s.at // 1000, s.value) for s in samples] == list(written)
        assert one.sample_count() == len(samples)
        assert histograms == 0


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    try:
        for one in series_of(message):
            labels_of(one.labels)
            one.samples()
            one.sample_count()
    except WireRefused:
        pass


@given(SERIES, st.data())
def test_a_message_that_was_cut_or_changed_is_read_or_refused(
    series: list[Series], data: st.DataObject
) -> None:
    message = bytearray(write_request(series))
    for _change in range(data.draw(st.integers(0, 3)) if message else 0):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))

    test_any_bytes_are_read_or_refused.hypothesis.inner_test(bytes(message))  # type: ignore[attr-defined]  # hypothesis adds it


def test_steps_over_what_it_does_not_know() -> None:
    own = lengthy(0x0A, b"") + lengthy(0x1A, b"exemplar") + lengthy(0x22, b"histogram")
    fixed = b"\x29" + b"8" * 8 + b"\x35" + b"4" * 4
    message = lengthy(0x1A, b"metadata") + lengthy(0x0A, own + lengthy(0x12, sample(7, 1.0)))

    (one,) = series_of(message + fixed)

    assert one.sample_count() == 2
    samples, histograms = one.samples()
    assert ([(s.at, s.value) for s in samples], histograms) == ([(7000, 1.0)], 1)


def test_reads_fields_in_any_order_and_left_out() -> None:
    backwards = b"\x10" + varint(7) + b"\x09" + b"\x00" * 8
    message = lengthy(0x0A, lengthy(0x12, backwards) + lengthy(0x12, b""))

    (one,) = series_of(message)

    assert [(s.at, s.value) for s in one.samples()[0]] == [(7000, 0.0), (0, 0.0)]


def test_refuses_a_block_that_unpacks_to_too_much() -> None:
    with pytest.raises(WireRefused, match="more than"):
        unpacked(varint(2**31) + b"x")
