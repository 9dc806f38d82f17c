#!/usr/bin/env python
"""The shell door of the portal."""

import os
import sys

from portal.settings.environment import SettingRefused


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
    from django.core.management import execute_from_command_line

    from portal.shared.errors import DomainError

    try:
        execute_from_command_line(sys.argv)
    except SettingRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except DomainError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
