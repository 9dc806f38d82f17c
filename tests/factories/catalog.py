from factory.declarations import Sequence
from factory.django import DjangoModelFactory

from catalog.models import Environment, Service, Team


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team

    slug = Sequence(lambda n: f"team-{n}")
    name = Sequence(lambda n: f"Team {n}")


class ServiceFactory(DjangoModelFactory[Service]):
    class Meta:
        model = Service

    slug = Sequence(lambda n: f"service-{n}")
    name = Sequence(lambda n: f"Service {n}")


class EnvironmentFactory(DjangoModelFactory[Environment]):
    class Meta:
        model = Environment

    slug = Sequence(lambda n: f"environment-{n}")
    name = Sequence(lambda n: f"Environment {n}")
    position = Sequence(lambda n: n + 10)
