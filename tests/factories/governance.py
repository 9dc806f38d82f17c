from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from governance.models import Api, ApiVersion
from tests.factories.catalog import ServiceFactory


class ApiFactory(DjangoModelFactory[Api]):
    class Meta:
        model = Api

    slug = Sequence(lambda n: f"api-{n}")
    name = Sequence(lambda n: f"API {n}")
    service = SubFactory(ServiceFactory)


class ApiVersionFactory(DjangoModelFactory[ApiVersion]):
    class Meta:
        model = ApiVersion

    api = SubFactory(ApiFactory)
    version = Sequence(lambda n: f"{n}.0")
