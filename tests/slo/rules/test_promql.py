"""Which series a query counts, by enumeration, and why others count none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.promql import Counted, QueryRefused, counted_by, numerator, selector_of


@pytest.mark.parametrize(
    ("query", "selector"),
    [
        ("requests_total", "requests_total"),
        ("http:requests:total", "http:requests:total"),
        ("sum(requests_total)", "requests_total"),
        ("(sum((requests_total)))", "requests_total"),
        ('sum(rate(a{b="c",d=~"5.."}[{{.window}}]))', 'a{b="c",d=~"5.."}'),
        ('sum( rate( a { b = "c" , } [ {{ .window }} ] ) )', 'a{b="c"}'),
        ("sum(increase(a{b!='c',d!~'x'}[5m]))", 'a{b!="c",d!~"x"}'),
        ("rate(a[1h30m])", "a"),
        ("increase(a[$__rate_interval])", "a"),
        ("SUM(rate(a[5m])) OR vector(0)", "a"),
        ("sum(rate(a[5m])) or on() vector(0)", "a"),
        ('{__name__="a",b="c"}', 'a{b="c"}'),
        (r'a{b="\"x\\y\n"}', r'a{b="\"x\\y\n"}'),
        ("a{b=`x\\y`}", r'a{b="x\\y"}'),
        ("a{b='}, )'}", 'a{b="}, )"}'),
        ("sum(a{})", "a"),
    ],
)
def test_reduces_a_sum_to_its_series(query: str, selector: str) -> None:
    assert selector_of(query) == selector


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "does not name its metric"),
        ("{b='c'}", "does not name its metric"),
        ("sum by (job) (rate(a[5m]))", "keeps groups apart"),
        ("sum(rate(a[5m])) without (job)", "keeps groups apart"),
        ("avg(a)", "no sum of requests"),
        ("irate(a[5m])", "does not count all requests"),
        ("histogram_fraction(0, 1, rate(a[5m]))", "estimates"),
        ("sum_over_time(a[5m])", "neither sum(), rate() nor increase()"),
        ("rate(a)", "gives rate() no range"),
        ("rate(a[5m:1m])", "no length"),
        ("rate(sum(a)[5m])", "gives rate() no range"),
        ("a[5m]", "takes a range"),
        ("a / b", "calculates with /"),
        ("sum(a) + sum(b)", "calculates with +"),
        ("sum(a) * 2", "calculates with *"),
        ("a offset 5m", "another time by offset"),
        ("rate(a[5m] @ 1)", "another time by @"),
        ("a > 0.5", "goes on with '>'"),
        ("a or b", "only vector(0)"),
        ("sum(a - b)", "subtract the sums instead"),
        ("sum(a) - sum(b)", "subtracts one sum"),
        ("sum(a) - sum(b) - sum(c)", "goes on with '-'"),
        ("(a - b) - c", "subtracts more than once"),
        ("1", "holds the number 1"),
        ("sum(a", ") is missing"),
        ("a{b=c}", "no label matcher"),
        ("a{b='c'", "} is missing"),
        (r'a{b="\d"}', "uses the escape"),
        ("a{b='c}", "cannot be read"),
        ("(" * 30 + "a" + ")" * 30, "nested deeper"),
        ("a" * 5000, "characters"),
    ],
)
def test_says_why_a_query_counts_no_series(query: str, why: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        selector_of(query)

    assert why in str(refused.value)


def test_sees_that_all_less_the_good_are_the_bad() -> None:
    query = "(sum(rate(all[5m])) - sum(rate(slow{le='1'}[5m])))"

    assert counted_by(query) == Counted("all", 'slow{le="1"}')
    assert numerator(query, total="all") == ("", 'slow{le="1"}')
    assert numerator("sum(bad)", total="all") == ("bad", "")
    with pytest.raises(QueryRefused, match="not the total"):
        numerator(query, total="others")


LABELS = st.lists(
    st.tuples(
        st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True),
        st.sampled_from(["=", "!=", "=~", "!~"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\t\x00"), max_size=12),
    ),
    max_size=4,
)


@given(labels=LABELS)
def test_keeps_any_selector_as_it_is(labels: list[tuple[str, str, str]]) -> None:
    def quoted(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    inside = ",".join(f'{name}{match}"{quoted(value)}"' for name, match, value in labels)
    selector = f"metric{{{inside}}}" if inside else "metric"

    assert selector_of(f"sum(rate({selector}[5m]))") == selector
    assert selector_of(selector) == selector


@given(st.text(alphabet="ab{}()[]=~!\"'\\,5m-+/ orsumrate", max_size=40))
def test_never_fails_otherwise(query: str) -> None:
    try:
        selector = selector_of(query)
    except QueryRefused:
        return
    assert selector_of(selector) == selector
