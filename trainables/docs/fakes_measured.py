"""What was measured of `fakes`, with the commands that repeat it."""

TEXT = """
## Measured
"""
