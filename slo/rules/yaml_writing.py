"""Writing documents in YAML that read back as they were, decimals to the last digit."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import yaml

Document = dict[str, Any]
# Longer than any query, so that none is folded over lines.
_WIDTH = 1_000_000


class _PlainDumper(yaml.SafeDumper):
    """Without anchors, which many readers refuse, and with decimals as they are."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = f"{value:f}"
    kind = "float" if "." in text else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_PlainDumper.add_representer(Decimal, _decimal)


def yaml_text(documents: Iterable[Document], *, comments: Iterable[str] = ()) -> str:
    """This will write the documents one after another, below the comments."""
    head = "".join(f"# {' '.join(line.split())}\n" for line in comments)
    return head + yaml.dump_all(
        documents,
        Dumper=_PlainDumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        default_flow_style=False,
    )


def plain(value: Decimal) -> Decimal:
    """This will return the decimal without zeros that say nothing: 99.9000 is 99.9."""
    normal = value.normalize()
    exponent = normal.as_tuple().exponent
    return normal.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else normal
