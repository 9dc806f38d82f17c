import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.linear_regex import BadPattern, LinearRegex

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\.", "[a-c0-9]"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{1,}", "*?"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    )


PATTERNS = st.recursive(ATOMS, grown, max_leaves=6)


@given(PATTERNS, st.text("abc1._", max_size=8))
def test_matches_what_python_matches(pattern: str, text: str) -> None:
    expected = re.fullmatch(pattern, text, re.ASCII) is not None

    assert LinearRegex(pattern).matches(text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("2..|3..", "204", True),
        ("2..|3..", "2044", False),
        ("", "", True),
        ("|a", "", True),
        ("^api$", "api", True),
        (r"/orders/\d+", "/orders/7", True),
        ("[]a]+", "]a", True),
        ("[a-]", "-", True),
        ("a{0}", "", True),
        (r"\S+", "é", True),
        (r"\n", "\n", True),
        (".", "\n", False),
    ],
)
def test_matches_whole_values(pattern: str, text: str, expected: bool) -> None:
    assert LinearRegex(pattern).matches(text) is expected


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", ".*.*.*.*.*.*b", "(.+)+x{3}"])
def test_takes_time_in_proportion_to_the_text(pattern: str) -> None:
    regex = LinearRegex(pattern)
    started = time.process_time()

    assert not regex.matches("a" * 20_000)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("pattern", "position"),
    [
        ("(", 0),
        ("a)", 1),
        ("a[b", 1),
        ("*a", 0),
        ("a**", 2),
        ("a{2", 1),
        ("a{3,2}", 1),
        ("a{9999}", 1),
        (r"a\1", 1),
        ("(?=a)", 0),
        ("a^b", 1),
        ("[z-a]", 1),
        ("[[:alpha:]]", 1),
        ("a\\", 1),
        ("(a{1000}){1000}", 0),
        ("a" * 501, 500),
        ("(" * 400, 0),
    ],
)
def test_refuses_what_it_does_not_understand(pattern: str, position: int) -> None:
    with pytest.raises(BadPattern) as refused:
        LinearRegex(pattern)

    if "(((" not in pattern:
        assert refused.value.position == position
