"""Data sets that are made by a formula, one a module: `frame()` gives the same events each time."""
