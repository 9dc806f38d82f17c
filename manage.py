#!/usr/bin/env python
"""The shell door of the portal."""

import os
import sys
from pathlib import Path


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
    try:
        from django.core.management import execute_from_command_line

        from portal.settings.environment import SettingRefused
        from portal.shared.errors import DomainError
    except ModuleNotFoundError as error:
        return _tell_what_is_missing(error)

    try:
        execute_from_command_line(sys.argv)
    except SettingRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except DomainError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _tell_what_is_missing(error: ModuleNotFoundError) -> int:
    if (Path(__file__).parent / (error.name or "").partition(".")[0]).exists():
        raise error
    sys.stderr.write(
        f"The package {error.name} is not installed for {sys.executable}. `make install` puts all "
        "of them into .venv; then run .venv/bin/python manage.py.\n"
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
