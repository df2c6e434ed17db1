"""I1, I2, I8: every trial is there once, no committed epoch is trained again, nothing goes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tests.faults.evidence import Evidence, Kill
from tests.faults.witness import times_trained

UNFINISHED = frozenset({"running", "interrupted"})


def every_trial_once(evidence: Evidence) -> Iterator[str]:
    """I1: each number once, in the record, in Optuna's eyes and in the table, with an end."""
    wanted = set(range(evidence.expected.trials))
    in_record = [trial.number for trial in evidence.result.trials]
    in_table = [int(row["trial"]) for row in evidence.table]
    for place, numbers in (("record", in_record), ("table", in_table)):
        yield from _compare(place, wanted, Counter(numbers))
    yield from _compare("Optuna's study", wanted, Counter(n for n, _ in evidence.told))
    for trial in evidence.result.trials:
        if trial.state in UNFINISHED or trial.state not in evidence.expected.states:
            allowed = ", ".join(sorted(evidence.expected.states))
            yield f"trial {trial.number} ended as {trial.state.value!r}; expected: {allowed}"
    for number, state in evidence.told:
        if state in ("RUNNING", "WAITING"):
            yield f"Optuna holds trial {number} for {state}"


def _compare(place: str, wanted: set[int], found: Counter[int]) -> Iterator[str]:
    for number in sorted(wanted - found.keys()):
        yield f"trial {number} is missing in the {place}, which has {len(found)} trials"
    for number in sorted(found.keys() - wanted):
        yield f"trial {number} is in the {place}; only {len(wanted)} trials were asked for"
    for number, count in sorted(found.items()):
        if count > 1:
            yield f"trial {number} is {count} times in the {place}"


def trials_lost(evidence: Evidence) -> int:
    """How many trials are missing, doubled or without an end."""
    return len(list(every_trial_once(evidence)))


def no_committed_epoch_again(evidence: Evidence) -> Iterator[str]:
    """I2: what was committed when something died is not trained after it; the rest, once more."""
    trained = [line for line in evidence.witness if line.word == "trained"]
    for kill in evidence.kills:
        for line in trained:
            if line.at > kill.at and (line.trial, line.epoch) in kill.committed:
                yield (
                    f"trial {line.trial}: epoch {line.epoch} was committed when the {kill.target} "
                    f"(process {kill.pid}) died, and process {line.pid} trained it again "
                    f"{line.at - kill.at:.1f} s later"
                )
    yield from _too_often(evidence)
    yield from _trained_and_recorded(evidence)


def _too_often(evidence: Evidence) -> Iterator[str]:
    again: Counter[int] = Counter()
    for (trial, _), count in times_trained(evidence.witness).items():
        again[trial] += count - 1
    damaged = Counter(trial for kill in evidence.kills for trial, _ in kill.damaged)
    kills = [kill for kill in evidence.kills if kill.in_flight]
    for trial, count in again.items():
        if count > len(kills) + damaged[trial]:
            yield f"trial {trial}: {count} epochs were trained again after {len(kills)} kills"
    allowed = sum(kill.in_flight for kill in kills) + damaged.total()
    if again.total() > allowed:
        yield f"{again.total()} epochs were trained again; {allowed} could be in flight"


def epochs_again(evidence: Evidence) -> int:
    """How many trainings of an epoch were not the first one."""
    return sum(count - 1 for count in times_trained(evidence.witness).values())


def _trained_and_recorded(evidence: Evidence) -> Iterator[str]:
    """What the witness saw and what the record holds are the same epochs."""
    seen = set(times_trained(evidence.witness))
    for trial in evidence.result.trials:
        numbers = [report.epoch for report in trial.reports]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"trial {trial.number}: the record has the epochs {numbers}, not 1, 2, 3, ..."
        mine = {epoch for number, epoch in seen if number == trial.number}
        if unseen := sorted(set(numbers) - mine):
            yield f"trial {trial.number}: nobody saw the training of the epochs {unseen}"
        last = len(numbers) + (evidence.expected.ahead if trial.state == "stopped" else 0)
        lost = sorted(mine - set(range(1, last + 1)))
        if lost and trial.state in ("complete", "stopped"):
            yield f"trial {trial.number}: the epochs {lost} were trained and are not recorded"


def progress_never_falls(evidence: Evidence) -> Iterator[str]:
    """I8: what was committed at one kill is committed at the next, and at the end."""
    final = frozenset((t.number, r.epoch) for t in evidence.result.trials for r in t.reports)
    states = [*evidence.kills, Kill("end", 0, 0.0, final, 0)]
    for before, after in pairwise(states):
        if gone := sorted(before.committed - after.committed):
            yield (
                f"{len(gone)} epochs committed at the kill of the {before.target} are gone at "
                f"the {after.target}: {gone[:5]}"
            )
