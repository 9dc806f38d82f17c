"""A WSGI application measured from outside."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from slo.middleware.wsgi import MeasuredWSGI
from tests.slo.middleware.conftest import Recorded, environ


def ignored(*_arguments: Any) -> None:
    """A server's start_response."""


def answering(
    *parts: bytes, status: str = "200 OK"
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    def application(
        _environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterator[bytes]:
        start_response(status, [])
        yield from parts

    return application


def test_counts_at_the_first_byte(recorded: Recorded) -> None:
    measured = MeasuredWSGI(answering(b"", b"a", b"b", status="404 Not Found"), service="shop")
    body = iter(measured(environ(), ignored))

    assert next(body) == b""
    assert recorded == []
    assert next(body) == b"a"
    assert recorded == [("/orders", "GET", 404, True, "shop")]
    assert [*body] == [b"b"]
    assert len(recorded) == 1


def test_counts_an_answer_without_a_body(recorded: Recorded) -> None:
    measured = MeasuredWSGI(
        answering(status="204 No Content"), service="shop", endpoint_of=lambda _environ: "/named"
    )

    assert [*measured(environ(method="DELETE"), ignored)] == []

    assert recorded == [("/named", "DELETE", 204, True, "shop")]


def test_counts_an_exception_as_500(recorded: Recorded) -> None:
    def at_once(*_arguments: Any) -> Iterable[bytes]:
        raise RuntimeError("at once")

    def later(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b""
        raise RuntimeError("later")

    for application in (at_once, later):
        measured = MeasuredWSGI(application, service="shop")
        with pytest.raises(RuntimeError):
            [*measured(environ(), ignored)]

    assert [status for _endpoint, _method, status, *_rest in recorded] == [500, 500]


def test_closes_the_body_that_nobody_read(recorded: Recorded) -> None:
    class Body(list[bytes]):
        is_closed = False

        def close(self) -> None:
            self.is_closed = True

    body = Body([b"a"])

    def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Body:
        start_response("200 OK", [])
        return body

    answer: Any = MeasuredWSGI(application, service="shop")(environ(method="HEAD"), ignored)
    answer.close()

    assert body.is_closed
    assert recorded == [("/orders", "HEAD", 200, True, "shop")]


def test_leaves_out_what_it_is_told_to(recorded: Recorded) -> None:
    measured = MeasuredWSGI(answering(b"a"), service="shop", left_out=("/static/", "/healthz"))

    for path in ("/static/a.css", "/healthz", "/healthz/deep"):
        assert [*measured(environ(path), ignored)] == [b"a"]
    assert recorded == []
    assert [*measured(environ("/healthzilla"), ignored)] == [b"a"]
    assert len(recorded) == 1
