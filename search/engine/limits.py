"""What may end a search before its trials are spent, wired to its record and its folder."""

from __future__ import annotations

from dataclasses import dataclass

from search.engine.budgets import GpuBudget, TimeBudget
from search.engine.ends import EarlyEnd
from search.engine.fault_limit import FaultLimit
from search.engine.record import Record
from search.engine.room_gate import RoomGate
from search.load import Search
from search.results.folder import SearchFolder
from search.spec import HANDS_OVER


@dataclass(frozen=True)
class Limits:
    """The limits of one search; those that count trials listen to the recorder."""

    end: EarlyEnd
    time: TimeBudget
    gpu: GpuBudget
    room: RoomGate
    faults: FaultLimit

    def closed(self, idle: bool) -> bool:
        """Whether no trial may begin now; `idle` says that none runs."""
        return self.end.stop_all() or self.room.closed(idle)


def set_limits(search: Search, record: Record, folder: SearchFolder, end: EarlyEnd) -> Limits:
    """The limits of a search, counted on from its record; the early end asks them from here on."""
    spec, resources = search.spec, search.resources
    earlier = record.trials()
    pausing = spec.scheduler.name in HANDS_OVER
    gpus = resources.gpus * resources.workers
    limits = Limits(
        end=end,
        time=TimeBudget(spec.time_budget, record),
        gpu=GpuBudget(spec.gpu_hours, gpus, earlier, pausing),
        room=RoomGate(folder.path, end),
        faults=FaultLimit(spec.fault_limit(), end, earlier),
    )
    end.limits += [limits.time, limits.gpu, limits.room]
    return limits
