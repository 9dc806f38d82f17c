"""What can be done to the catalog."""

from catalog.services.imports import ImportOutcome, import_catalog
from catalog.services.seeds import seed_defaults, seed_demo

__all__ = ["ImportOutcome", "import_catalog", "seed_defaults", "seed_demo"]
