"""Reading the whole catalogue, whether or not somebody has imported a contract."""

import pkgutil
from importlib import import_module

from events import contracts


def load_contracts() -> None:
    """This will import every file of the catalogue, so that all contracts are entered."""
    for module in pkgutil.iter_modules(contracts.__path__):
        import_module(f"{contracts.__name__}.{module.name}")
