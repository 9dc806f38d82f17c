"""Where Prometheus' promtool is. Debian's package prometheus has it, and need not be installed:

`apt-get download prometheus && dpkg -x prometheus_*.deb DIR`, then PROMTOOL=DIR/usr/bin/promtool.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml


def promtool() -> str:
    """This will return the path of promtool, or skip the test where there is none."""
    found = os.environ.get("PROMTOOL") or shutil.which("promtool")
    if not found:
        pytest.skip("promtool is not on PATH, and PROMTOOL does not name it")
    return found


def run_rules(
    folder: Path, rules: str, *, series: dict[str, list[int]], cases: list[dict[str, Any]]
) -> str:
    """This will run rules over counters sampled each minute, and return what disagrees."""
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    test = {
        "interval": "1m",
        "input_series": [
            {"series": name, "values": " ".join(map(str, values))}
            for name, values in series.items()
        ],
        "promql_expr_test": cases,
    }
    document = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}
    (folder / "tests.yml").write_text(yaml.safe_dump(document, width=10**9), encoding="utf-8")
    for words in (["check", "rules", "rules.yml"], ["test", "rules", "tests.yml"]):
        done = subprocess.run(
            [promtool(), *words], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return done.stdout + done.stderr
    return ""
