"""The table from names to things."""

import pytest

from portal.shared.errors import NotFound
from portal.shared.registry import Registry


def test_returns_what_was_filed_in_the_order_of_the_names() -> None:
    registry: Registry[int] = Registry("number")
    registry.register("two", 2)
    registry.register("one", 1)

    assert registry.get("two") == 2
    assert list(registry) == [("one", 1), ("two", 2)]
    assert registry.names() == ["one", "two"]
    assert "one" in registry


def test_refuses_a_name_twice() -> None:
    registry: Registry[int] = Registry("number")
    registry.register("one", 1)

    with pytest.raises(ValueError, match="The number 'one' is registered twice"):
        registry.register("one", 11)


def test_lists_the_known_names_for_an_unknown_one() -> None:
    registry: Registry[int] = Registry("number")
    with pytest.raises(NotFound, match="Known: none"):
        registry.get("three")
    registry.register("two", 2)
    registry.register("one", 1)

    with pytest.raises(NotFound, match=r"There is no number 'three'\. Known: one, two"):
        registry.get("three")
