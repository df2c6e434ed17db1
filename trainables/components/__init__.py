"""Optimizers, learning-rate schedulers and losses: found by name, checked, built."""
