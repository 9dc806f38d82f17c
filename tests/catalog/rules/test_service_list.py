"""The portal's own format: what is read, and how each mistake is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rules.catalog_file import read_catalog_file, teams_to_make
from catalog.rules.entries import KnownThings, Mistake
from catalog.rules.yaml_document import DEEPEST_NESTING, LARGEST_BYTES

NOTHING_KNOWN = KnownThings(service_slugs=frozenset(), team_names={})


def mistakes_of(text: str, *, known: KnownThings = NOTHING_KNOWN) -> list[Mistake]:
    return list(read_catalog_file(text, known=known).mistakes)


def test_reads_every_field() -> None:
    text = """
- slug: checkout
  name: Checkout
  description: |
    Turns a basket
    into an order.
  tier: 1
  owner: shop
  depends_on: [payments]
  runbook: https://runbooks.example.com/checkout
- {slug: payments, name: "Payments"}
"""
    checkout, payments = read_catalog_file(text, known=NOTHING_KNOWN).services

    assert (checkout.slug, checkout.name, checkout.tier) == ("checkout", "Checkout", 1)
    assert checkout.description == "Turns a basket\ninto an order."
    assert checkout.owner is not None
    assert checkout.owner.slug == "shop"
    assert [needed.slug for needed in checkout.depends_on or ()] == ["payments"]
    assert checkout.runbook == "https://runbooks.example.com/checkout"
    assert (payments.tier, payments.owner, payments.depends_on) == (None, None, None)


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("tier: 5", "must be 1, 2, 3 or 4 (1 is the most critical), not 5."),
        ("tier: 0x1", "must be 1, 2, 3 or 4 (1 is the most critical), not 0x1."),
        ("tier: true", "must be 1, 2, 3 or 4 (1 is the most critical), not true."),
        ('tier: "1"', 'must be 1, 2, 3 or 4 (1 is the most critical), not the text "1".'),
        ("owner: 7", "must be a text, not 7; put it in quotes."),
        ("owner: yes", "must be a text, not yes; put it in quotes."),
        ("owner: 2026-01-01", "must be a text, not 2026-01-01; put it in quotes."),
        ("owner:", "must be a text, not nothing."),
        ("owner: a team", "must be made of letters, digits, - and _, not 'a team'."),
        (f"owner: {'x' * 81}", "has 81 characters; 80 are allowed."),
        ("description: [a]", "must be a text, not a list."),
        ('description: "a\\0b"', "holds a control character."),
        ('description: "a\\x1bb"', "holds a control character."),
        ("depends_on: payments", 'must be a list, not the text "payments".'),
        ("runbook: ftp://x", "must be a web address that begins with https:// or http://."),
        ("runbook: javascript:alert(1)", "must be a web address that begins with https:// or"),
        ("teir: 1", "is not a field of a service. Known: slug, name, description, tier,"),
    ],
)
def test_names_line_and_field_of_a_wrong_value(field: str, says: str) -> None:
    text = f"- slug: a\n  name: A\n- slug: b\n  name: B\n  {field}\n"

    (mistake,) = mistakes_of(text)

    assert mistake.line == 5
    assert mistake.pointer == f"/1/{field.partition(':')[0]}"
    assert mistake.sentence.startswith(says)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "holds no service."),
        ("---\n---\n# nothing\n", 1, "holds no service."),
        ("name: A\n", 1, "must begin with a list of services"),
        ("- slug: a\n", 1, "has no name."),
        ("\n- name: A\n", 2, "has no slug."),
        ("- slug: a\n  name: ''\n", 2, "must not be empty."),
        ("- slug: a\n  name: A\n- 5\n", 3, "must be a mapping of fields, not 5."),
        ("- slug: a\n  name: A\n---\n- slug: b\n", 4, "is a second document"),
        ("- slug: a\n  name: A\n  slug: b\n", 3, "stands on line 1 already."),
        ("- slug: a\n  name: A\n- name: A\n  slug: a\n", 3, "is the service 'a', which stands"),
        ("- slug: a\n  name: A\n  ? [x]\n  : y\n", 1, "has a key that is not a text."),
        ("- slug: &x a\n  name: A\n", 1, "has an anchor or an alias"),
        ("- slug: a\n  name: [\n", 3, "is not YAML:"),
        ("- slug: a\n- \x07\n", 2, "is not YAML:"),
        ("a\x00", 1, "holds characters that no text file has"),
        ("\ud800", 1, "holds characters that no text file has"),
        ("- !!python/object/apply:os.system [x]\n", 1, "must be a mapping of fields, not a list"),
    ],
)
def test_refuses_what_is_no_list_of_services(text: str, line: int, says: str) -> None:
    mistakes = mistakes_of(text)

    assert [mistake.line for mistake in mistakes if mistake.sentence.startswith(says)] == [line]


def test_finds_all_mistakes_in_the_order_of_the_lines() -> None:
    text = "- slug: a\n  name: 1\n  tier: 9\n  depends_on: [a, gone, 7]\n"

    mistakes = mistakes_of(text)

    assert [(mistake.line, mistake.pointer) for mistake in mistakes] == [
        (2, "/0/name"),
        (3, "/0/tier"),
        (4, "/0/depends_on/2"),
        (4, "/0/depends_on/0"),
        (4, "/0/depends_on/1"),
    ]


def test_takes_dependencies_from_the_file_and_from_the_catalog() -> None:
    text = "- {slug: a, name: A, depends_on: [b, c]}\n- {slug: b, name: B}\n"
    known = KnownThings(service_slugs=frozenset({"c"}), team_names={})

    assert mistakes_of(text, known=known) == []


def test_refuses_an_owner_whose_name_another_team_has() -> None:
    known = KnownThings(service_slugs=frozenset(), team_names={"shop-team": "SHOP"})

    (mistake,) = mistakes_of("- {slug: a, name: A, owner: shop}\n", known=known)

    assert mistake.sentence == "calls a team 'shop', as team 'shop-team' is called."


def test_makes_each_missing_owner_once() -> None:
    text = "- {slug: a, name: A, owner: x}\n- {slug: b, name: B, owner: x}\n"
    text += "- {slug: c, name: C, owner: y}\n"
    known = KnownThings(service_slugs=frozenset(), team_names={"y": "Y"})

    file = read_catalog_file(text, known=known)

    assert list(teams_to_make(file, known=known)) == ["x"]


def test_refuses_a_text_that_is_too_large_or_too_deep() -> None:
    large = "- slug: a\n  name: A\n  description: " + "x" * LARGEST_BYTES
    deep = "[" * (DEEPEST_NESTING + 1) + "]" * (DEEPEST_NESTING + 1)

    assert "bytes" in mistakes_of(large)[0].sentence
    assert "nested deeper" in mistakes_of(deep)[0].sentence


@given(st.text(max_size=300))
def test_never_fails_on_any_text(text: str) -> None:
    file = read_catalog_file(text, known=NOTHING_KNOWN)

    assert file.services or file.teams or file.skipped or file.mistakes


@given(
    st.lists(
        st.sampled_from(
            ["- ", "slug: ", "name: ", "a", "\n", "  ", "[", "]", "{", "}", ":", "? ", "---\n",
             "kind: Component", "metadata: ", "spec: ", '"', "&x ", "*x", "!!int ", "<<: ", "1"]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_never_fails_on_what_looks_like_yaml(pieces: list[str]) -> None:
    for mistake in mistakes_of("".join(pieces)):
        assert mistake.line >= 1
        assert mistake.pointer.startswith("/")
