from portal.shared.errors import InvalidInput, NotFound


class UnknownService(NotFound):
    title = "The catalog has no such service"


class CatalogFileRefused(InvalidInput):
    """Nothing of the file was stored; `fields` names line and field of each error."""

    title = "The catalog file was refused"
