"""librdkafka's own mock cluster: real sockets and the real protocol, but no Kafka."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import confluent_kafka

_LIBRARY = next(
    Path(confluent_kafka.__file__).parent.parent.glob("confluent_kafka.libs/librdkafka*")
)
PRODUCE_REQUEST = 0
NOT_ENOUGH_REPLICAS = 19
REQUEST_TIMED_OUT = 7


class MockCluster:
    """Listens on loopback ports; takes any client."""

    def __init__(self, *, brokers: int = 3) -> None:
        self._library = ctypes.CDLL(str(_LIBRARY))
        for name, result in (
            ("rd_kafka_new", ctypes.c_void_p),
            ("rd_kafka_conf_new", ctypes.c_void_p),
            ("rd_kafka_mock_cluster_new", ctypes.c_void_p),
            ("rd_kafka_mock_cluster_bootstraps", ctypes.c_char_p),
        ):
            getattr(self._library, name).restype = result
        reason = ctypes.create_string_buffer(256)
        # A client of its own, which the cluster lives in.
        self._client = ctypes.c_void_p(
            self._library.rd_kafka_new(
                0, ctypes.c_void_p(self._library.rd_kafka_conf_new()), reason, 256
            )
        )
        self._cluster = ctypes.c_void_p(
            self._library.rd_kafka_mock_cluster_new(self._client, brokers)
        )
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        self.brokers = brokers

    @property
    def address(self) -> str:
        found: bytes = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        return found.decode()

    def create_topic(self, name: str, *, partitions: int = 2) -> None:
        assert not self._library.rd_kafka_mock_topic_create(
            self._cluster, name.encode(), partitions, min(3, self.brokers)
        )

    def fail_produce(self, *errors: int) -> None:
        """This will answer the next requests to produce with the errors."""
        self._library.rd_kafka_mock_push_request_errors_array(
            self._cluster,
            ctypes.c_int16(PRODUCE_REQUEST),
            ctypes.c_size_t(len(errors)),
            (ctypes.c_int * len(errors))(*errors),
        )

    def set_coordinator(self, group: str, *, broker: int) -> None:
        assert not self._library.rd_kafka_mock_coordinator_set(
            self._cluster, b"group", group.encode(), broker
        )

    def set_down(self, broker: int) -> None:
        self._library.rd_kafka_mock_broker_set_down(self._cluster, broker)

    def set_up(self, broker: int) -> None:
        self._library.rd_kafka_mock_broker_set_up(self._cluster, broker)

    def close(self) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._client)


@contextmanager
def mock_cluster() -> Iterator[MockCluster]:
    cluster = MockCluster()
    try:
        yield cluster
    finally:
        cluster.close()
