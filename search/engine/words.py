"""The keys of a Ray result that our schedulers, stopper and recorder read."""

from __future__ import annotations

EPOCH = "epoch"
"""The number of the epoch just finished, counted from 1 over the whole life of a trial."""

PLANNED = "planned_epochs"
"""How many epochs the trial trains if nothing stops it."""

BEST = "objective_best"
"""What the best epoch so far is worth: a number, or one for each objective; NaN once one of them is
not finite."""

REPORT = "report"
"""The report as plain data (`search.results.trials.Report`)."""

CHECKPOINTS = "kept_checkpoints"
"""The checkpoints that are kept now, as plain data."""

POINT = "point"
"""The point under which the epoch was trained; the scheduler may have changed it meanwhile."""

KEEP = "keep_checkpoints"
"""How many of the best checkpoints the trial keeps beside the last one."""

RETURNED = "returned"
"""True in the last message of a trial whose `fit` returned by itself."""
