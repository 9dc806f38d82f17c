"""The people of the tests, so that a permission test reads like a sentence."""

from functools import cached_property

from django.contrib.auth.models import User


class Cast:
    """Each person is made when first named."""

    @cached_property
    def alice(self) -> User:
        """Operates: a superuser."""
        return User.objects.create_superuser("alice", "alice@example.com", "alice-password")

    @cached_property
    def bob(self) -> User:
        """Approves: staff without any right of his own; tests give him what they need."""
        return User.objects.create_user("bob", "bob@example.com", "bob-password", is_staff=True)

    @cached_property
    def charlie(self) -> User:
        """Has an account and may nothing."""
        return User.objects.create_user("charlie", "charlie@example.com", "charlie-password")
