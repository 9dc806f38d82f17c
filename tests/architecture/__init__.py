"""What the floors promise, checked: by import-linter where it can, and here where it cannot.

Every check is a function over sources or pairs, so that each test can also see it fail.
"""
