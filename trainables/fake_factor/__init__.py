"""Fake factors as density ratios: three networks in a chain, judged by closure."""
