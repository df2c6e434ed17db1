"""What must be set before any test imports Ray, which reads it then."""

from __future__ import annotations

from search.engine import cluster as clusters

clusters.prepare_environment()
clusters.prepare_own_cluster()
