import pytest

from slo.rules.metric_selector import SelectorRefused, parse_selector

LABELS = {"job": "api", "code": "503", "path": "/a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m", True),
        ("m{}", True),
        (' m { job = "api" , } ', True),
        ('m{job="api",code!="200"}', True),
        ('m{job!="api"}', False),
        ('m{code=~"5..",job=~"api|web"}', True),
        ('m{code=~"5"}', False),
        ('m{code!~"5.."}', False),
        ('m{missing=""}', True),
        ('m{missing!=""}', False),
        ('m{missing=~".*"}', True),
        ('m{missing=~".+"}', False),
        ('m{missing!~".+"}', True),
        ("m{path='/a'}", True),
        ("m{path=`/a`}", True),
        (r'm{path="\\/a"}', False),
    ],
)
def test_matches_as_prometheus_does(text: str, expected: bool) -> None:
    selector = parse_selector(text)

    assert selector.metric == "m"
    assert selector.accepts(LABELS) is expected


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ('{job="api"}', 1),
        ("rate(m[5m])", 5),
        ("m{", 3),
        ('m{job="api"', 12),
        ('m{job="api" code="1"}', 13),
        ("m{job=api}", 7),
        ('m{job>"api"}', 6),
        ('m{__name__="x"}', 3),
        ('m{a="b"} x', 10),
        ('m{a=~"(b"}', 7),
        (r'm{a="\x"}', 6),
        ("m" * 1001, 1001),
        ('m{,a="b"}', 3),
        ("m_bucket", 9),
        ('m_bucket{le=~"0.5"}', 20),
        ('m_bucket{le="half"}', 20),
        ("m{" + ",".join(f'a{i}="b"' for i in range(31)) + "}", 240),
    ],
)
def test_refuses_with_the_position(text: str, position: int) -> None:
    with pytest.raises(SelectorRefused) as refused:
        parse_selector(text)

    assert refused.value.position == position
    assert str(position) in str(refused.value)


def test_reads_the_bound_of_a_bucket() -> None:
    selector = parse_selector('m_bucket{le="0.5",job="api"}')

    assert selector.bound == 0.5
    assert selector.accepts({"le": "0.5", "job": "api"})
    assert not selector.accepts({"job": "api"})
    assert selector.accepts_but_for_bound({"job": "api"})
