"""What senders of metrics write: a WriteRequest of remote_write 1.0, as bytes."""

import struct
from collections.abc import Iterable, Mapping
from datetime import datetime

import cramjam

PROTOBUF = "application/x-protobuf"
HEADERS = {
    "Content-Type": PROTOBUF,
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
# The NaN that Prometheus writes where a series has ended.
STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
Series = tuple[Mapping[str, str], Iterable[tuple[int, float]]]


def millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def lengthy(tag: int, body: bytes) -> bytes:
    return bytes([tag]) + varint(len(body)) + body


def label(name: str, value: str) -> bytes:
    return lengthy(0x0A, name.encode()) + lengthy(0x12, value.encode())


def sample(at: int, value: float) -> bytes:
    return b"\x09" + struct.pack("<d", value) + b"\x10" + varint(at)


def write_request(series: Iterable[Series]) -> bytes:
    """This will spell series: labels with `__name__`, and samples of (milliseconds, value)."""
    return b"".join(
        lengthy(
            0x0A,
            b"".join(lengthy(0x0A, label(n, v)) for n, v in sorted(labels.items()))
            + b"".join(lengthy(0x12, sample(at, value)) for at, value in samples),
        )
        for labels, samples in series
    )


def packed(message: bytes) -> bytes:
    return bytes(cramjam.snappy.compress_raw(message))


def block(*series: Series) -> bytes:
    return packed(write_request(series))
