"""`python -m benchmarks.inside MODULE`: a benchmark within a portal that the environment names.

Processes that a benchmark spawns import this file first, and so find Django set up too.
"""

import importlib
import sys

import django

django.setup()

if __name__ == "__main__":
    importlib.import_module(sys.argv[1]).run()
