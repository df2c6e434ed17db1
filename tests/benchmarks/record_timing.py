"""How long a record takes to commit a report and to answer an ask, storages in turns."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import optuna
from optuna.trial import TrialState

from tests.benchmarks.record_candidates import Candidate, Opened, opened
from tests.benchmarks.record_filling import fill
from tests.benchmarks.record_model import EPOCHS, entry_of, suggest
from tests.benchmarks.record_progress import say

ROUND = 10
"""So many reports of one candidate before the next one has its turn."""

SAMPLERS: Mapping[str, Callable[[int], optuna.samplers.BaseSampler]] = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "TPE": lambda seed: optuna.samplers.TPESampler(multivariate=True, group=True, seed=seed),
}


@dataclass
class Times:
    """The seconds of many repetitions; those of the processor hardly depend on other work."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        began, before = time.perf_counter(), time.process_time()
        yield
        self.seconds.append(time.perf_counter() - began)
        self.processor.append(time.process_time() - before)

    def milliseconds(self, label: str) -> dict[str, object]:
        """Median and 99th percentile, and the median that the processor was busy."""
        p99 = sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]
        return {
            f"{label}: median": round(statistics.median(self.seconds) * 1000, 2),
            f"{label}: p99": round(p99 * 1000, 2),
            f"{label}: CPU": round(statistics.median(self.processor) * 1000, 2),
        }


def filled(candidates: Sequence[Candidate], folder: Path, trials: int) -> list[Path]:
    """A record of so many finished trials for each candidate."""
    files = [folder / f"{number}-{trials}" for number in range(len(candidates))]
    for candidate, file in zip(candidates, files, strict=True):
        say(f"filling {trials} trials: {candidate.name}")
        fill(candidate, file, trials)
    return files


def commits(
    candidates: Sequence[Candidate], folder: Path, trials: int, reports: int
) -> list[Times]:
    """The time of each report, in turns, beside so many trials that are finished."""
    files = filled(candidates, folder, trials)
    writers = [reporting(opened(c, f), reports) for c, f in zip(candidates, files, strict=True)]
    times = [Times() for _ in candidates]
    for turn in range(reports // ROUND):
        shift = turn % len(candidates)
        order = [*range(len(candidates))][shift:] + [*range(len(candidates))][:shift]
        for which in order:
            for _ in range(ROUND):
                commit = next(writers[which])
                with times[which].one():
                    commit()
    for writer in writers:
        writer.close()
    return times


def reporting(at: Opened, reports: int) -> Generator[Callable[[], None]]:
    """The commits of trials that report one after the other, each made when it is called."""
    generator = random.Random(1)
    try:
        for count in range(reports):
            if count % EPOCHS == 0:
                number = at.study.ask().number
            epoch = count % EPOCHS + 1
            entry = entry_of(epoch, generator)
            yield lambda: at.commit(number, epoch, entry, 0.5)  # noqa: B023
    finally:
        at.close()


def asks(
    candidates: Sequence[Candidate], folder: Path, trials: int, count: int
) -> dict[str, list[Times]]:
    """The time of one ask with all its parameters, by sampler."""
    files = filled(candidates, folder, trials)
    held = [opened(c, f) for c, f in zip(candidates, files, strict=True)]
    for at in held:
        at.study.get_trials(deepcopy=False)
    found = {name: [Times() for _ in candidates] for name in SAMPLERS}
    for turn in range(count):
        for name, build in SAMPLERS.items():
            for which, at in enumerate(held):
                at.study.sampler = build(turn)
                with found[name][which].one():
                    trial = at.study.ask()
                    suggest(trial)
                at.study.tell(trial, state=TrialState.FAIL)
    for at in held:
        at.close()
    return found
