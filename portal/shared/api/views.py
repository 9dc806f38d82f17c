from typing import Any, ClassVar

from django.http import Http404
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.shared.api.permissions import Anyone


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


class NoSuchEndpoint(APIView):
    """Every address below /api/ that is none: a problem document, where Django shows a page."""

    authentication_classes = []
    permission_classes = [Anyone]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404
