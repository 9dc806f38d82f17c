"""Prometheus remote_write 1.0 on the wire: a WriteRequest, walked without building objects.

A message of protobuf is a row of fields: a tag, which says number and type, and a value. Only
the few fields that counts need are looked into; the rest is stepped over by its length.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import cramjam

from slo.rules.counter import Sample

MOST_BYTES = 32_000_000
_BYTES = 2
# Tags as one byte: (number << 3) | type.
_SERIES, _LABEL, _SAMPLE, _HISTOGRAM = 0x0A, 0x0A, 0x12, 0x22
_NAME, _VALUE, _SAMPLE_VALUE, _SAMPLE_TIME = 0x0A, 0x12, 0x09, 0x10
_DOUBLE = struct.Struct("<d")
_MILLISECOND = 1000


class WireRefused(ValueError):
    """The bytes are no message of the kind that is expected."""


@dataclass(frozen=True, slots=True)
class WireSeries:
    """One series: `labels` as they were sent, and where its samples lie in the message."""

    labels: bytes
    body: bytes

    def sample_count(self) -> int:
        body = self.body
        if len(body) > 1 and body[0] == _SAMPLE and body[1] == len(body) - 2 < 0x80:
            # One sample, which is what a scrape brings.
            return 1
        return sum(tag in (_SAMPLE, _HISTOGRAM) for tag, _start, _end in _fields(self.body))

    def samples(self) -> tuple[list[Sample], int]:
        """This will return the samples, and how many native histograms came with them."""
        found: list[Sample] = []
        histograms = 0
        for tag, start, end in _fields(self.body):
            if tag == _SAMPLE:
                found.append(_sample(self.body, start, end))
            elif tag == _HISTOGRAM:
                histograms += 1
        return found, histograms


def unpacked(block: bytes) -> bytes:
    """This will unpack a snappy block. Raises WireRefused, before it unpacks too much."""
    size, _after = _varint(block, 0)
    if size > MOST_BYTES:
        raise WireRefused(f"The block unpacks to more than {MOST_BYTES} bytes.")
    try:
        return bytes(cramjam.snappy.decompress_raw(block))
    except cramjam.DecompressionError as error:
        raise WireRefused("The body is no snappy block.") from error


def series_of(message: bytes) -> Iterator[WireSeries]:
    """This will walk over a WriteRequest. Raises WireRefused when it is none."""
    at, size = 0, len(message)
    while at < size:
        # Most of a message is series of less than 16 KB: their lengths have two bytes.
        if message[at] == _SERIES and at + 2 < size and message[at + 2] < 0x80 <= message[at + 1]:
            start = at + 3
            at = start + (message[at + 1] & 0x7F | message[at + 2] << 7)
            tag = _SERIES
        else:
            tag, start, at = _field(message, at)
        if at > size:
            raise WireRefused("A field is longer than the message.")
        if tag == _SERIES:
            split = _end_of_labels(message, start, at)
            yield WireSeries(message[start:split], message[split:at])


def labels_of(packed: bytes) -> dict[str, str]:
    """This will read the labels of a series. Raises WireRefused."""
    labels: dict[str, str] = {}
    for tag, start, end in _fields(packed):
        if tag == _LABEL:
            name, value = _label(packed, start, end)
            labels[name] = value
    return labels


def _end_of_labels(message: bytes, start: int, end: int) -> int:
    """Labels are written first; what is after them may be anything."""
    at = start
    while at < end and message[at] == _LABEL:
        size = message[at + 1] if at + 1 < end else 0
        if size < 0x80:
            at += 2 + size
        else:
            size, at = _varint(message, at + 1)
            at += size
    if at > end:
        raise WireRefused("A label is longer than its series.")
    return at


def _label(packed: bytes, start: int, end: int) -> tuple[str, str]:
    parts = {_NAME: "", _VALUE: ""}
    for tag, first, last in _fields(packed[start:end]):
        if tag in parts:
            try:
                parts[tag] = packed[start + first : start + last].decode()
            except UnicodeDecodeError as error:
                raise WireRefused("A label is not UTF-8.") from error
    return parts[_NAME], parts[_VALUE]


def _sample(body: bytes, start: int, end: int) -> Sample:
    value, time, at = 0.0, 0, start
    # How nearly every sender writes it: the value, then the time.
    if end - start > 10 and body[at] == _SAMPLE_VALUE and body[at + 9] == _SAMPLE_TIME:
        value = _DOUBLE.unpack_from(body, at + 1)[0]
        time, at = _varint(body, at + 10)
        if at == end:
            return Sample(_signed(time) * _MILLISECOND, value)
    for tag, first, last in _fields(body[start:end]):
        part = body[start + first : start + last]
        if tag == _SAMPLE_VALUE:
            value = _DOUBLE.unpack(part)[0]
        elif tag == _SAMPLE_TIME:
            time, _after = _varint(part, 0)
    return Sample(_signed(time) * _MILLISECOND, value)


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def _fields(message: bytes) -> Iterator[tuple[int, int, int]]:
    """Each field: its tag, and where its value begins and ends."""
    at, size = 0, len(message)
    while at < size:
        tag, start, at = _field(message, at)
        if at > size:
            raise WireRefused("A field is longer than the message.")
        yield tag, start, at


def _field(message: bytes, at: int) -> tuple[int, int, int]:
    tag, at = _varint(message, at)
    if tag & 7 == _BYTES:
        length, start = _varint(message, at)
        return tag, start, start + length
    return tag, at, _end_of_value(message, tag & 7, at)


def _end_of_value(message: bytes, kind: int, at: int) -> int:
    match kind:
        case 0:
            return _varint(message, at)[1]
        case 1:
            return at + 8
        case 2:
            return at
        case 5:
            return at + 4
    raise WireRefused("A field has a type that protobuf has not.")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    try:
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFFFFFFFFFFFFFF, at
            shift += 7
            if shift > 63:
                raise WireRefused("A number is too long.")
    except IndexError as error:
        raise WireRefused("The message ends within a number.") from error
