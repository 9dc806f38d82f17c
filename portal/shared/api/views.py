from typing import Any, ClassVar

from rest_framework import mixins, viewsets
from rest_framework.views import APIView


class Endpoint(APIView):
    """One endpoint. `required_right` names the right it needs, or one a method.

    An empty right asks for nothing but an account.
    """

    required_right: ClassVar[str | dict[str, str]] = ""


class ReadOnlyViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Any],
):
    """List and detail of one noun; needs the noun's `view` right."""
