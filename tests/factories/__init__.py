"""The smallest valid object of each noun; one file an app."""
