from django_filters import rest_framework as filters
from rest_framework import mixins, viewsets

from catalog.models import Environment
from portal.shared.api.filters import MomentFilter
from secrets_vault import selectors
from secrets_vault.api.serializers import (
    EnvironmentSecretsSerializer,
    SecretAccessSerializer,
)
from secrets_vault.models import SecretAccess


class EnvironmentViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Environment]):
    """Environments in order of promotion, each with how many secrets it has."""

    required_right = "secrets_vault.view_secret"
    queryset = selectors.environments_with_counts()
    serializer_class = EnvironmentSecretsSerializer


class SecretAccessFilter(filters.FilterSet):
    secret = filters.CharFilter(field_name="secret_name")
    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = SecretAccess
        fields = ("actor", "action", "secret", "environment", "outcome", "since", "until")


class SecretAccessViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[SecretAccess]):
    """Who did what to which secret, newest first. `until` is exclusive."""

    queryset = selectors.secret_accesses()
    serializer_class = SecretAccessSerializer
    filterset_class = SecretAccessFilter
