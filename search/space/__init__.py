"""The search space: domains, conditions, constraints, and the points that lie in it."""
