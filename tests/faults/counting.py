"""I1, I2, I8: every trial is there once, no committed epoch is trained again, nothing goes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tests.faults.evidence import Evidence, Kill
from tests.faults.witness import Line, times_trained

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
    """I2: what was committed when something died is not trained after it; the rest, once more.

    Trials that exchange weights train epochs again by themselves, so that of them only the first
    beginning after a kill is looked at; of trials that run ahead of their reports it is not known
    how many epochs a kill may cost.
    """
    for kill, line in _committed_again(evidence):
        yield (
            f"trial {line.trial}: epoch {line.epoch} was committed when the {kill.target} "
            f"(process {kill.pid}) died, and process {line.pid} trained it again "
            f"{line.at - kill.at:.1f} s later"
        )
    for kill, last, line in _taken_up_too_early(evidence):
        yield (
            f"trial {line.trial}: epoch {last} was committed when the {kill.target} (process "
            f"{kill.pid}) died, and process {line.pid} went on after epoch {line.epoch}"
        )
    if not (evidence.expected.runs_ahead or evidence.expected.exchanges):
        yield from _too_often(evidence)
    yield from _trained_and_recorded(evidence)


def _committed_again(evidence: Evidence) -> Iterator[tuple[Kill, Line]]:
    """The trainings, after a kill, of epochs that were committed then."""
    if evidence.expected.exchanges:
        return
    for kill in evidence.kills:
        for line in evidence.witness:
            again = line.word == "trained" and line.at > kill.at
            if again and (line.trial, line.epoch) in kill.committed:
                yield kill, line


def _taken_up_too_early(evidence: Evidence) -> Iterator[tuple[Kill, int, Line]]:
    """Who took a trial up after a kill before its last committed epoch, and which that was.

    Of a killed worker only its own trial is looked at: others may be given weights meanwhile.
    """
    for kill in evidence.kills:
        began = [line for line in evidence.witness if line.word == "began" and line.at > kill.at]
        for trial in _trials_of(kill, evidence):
            last = max((epoch for number, epoch in kill.committed if number == trial), default=0)
            first = next((line for line in began if line.trial == trial), None)
            if first is not None and first.epoch < last:
                yield kill, last, first


def _trials_of(kill: Kill, evidence: Evidence) -> set[int]:
    if not kill.target.startswith("worker"):
        return {number for number, _ in kill.committed}
    mine = [line for line in evidence.witness if line.pid == kill.pid and line.at <= kill.at]
    return {line.trial for line in mine[-1:]}


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
        if numbers != list(range(1, len(numbers) + 1)) and not trial.perturbed:
            yield f"trial {trial.number}: the record has the epochs {numbers}, not 1, 2, 3, ..."
        mine = {epoch for number, epoch in seen if number == trial.number}
        if unseen := sorted(set(numbers) - mine):
            yield f"trial {trial.number}: nobody saw the training of the epochs {unseen}"
        lost = sorted(mine - set(numbers))
        known = {"complete"} if evidence.expected.runs_ahead else {"complete", "stopped"}
        if lost and trial.state in known:
            yield f"trial {trial.number}: the epochs {lost} were trained and are not recorded"


def progress_never_falls(evidence: Evidence) -> Iterator[str]:
    """I8: what was committed at one kill is committed at the next, and at the end.

    Not of trials that are given weights of fewer epochs: they lose what they had after these.
    """
    for before, after, gone in _gone(evidence):
        yield (
            f"{len(gone)} epochs committed at the kill of the {before.target} are gone at "
            f"the {after.target}: {gone[:5]}"
        )


def _gone(evidence: Evidence) -> Iterator[tuple[Kill, Kill, list[tuple[int, int]]]]:
    if evidence.expected.exchanges:
        return
    final = frozenset((t.number, r.epoch) for t in evidence.result.trials for r in t.reports)
    for before, after in pairwise([*evidence.kills, Kill("end", 0, 0.0, final, 0)]):
        if gone := sorted(before.committed - after.committed):
            yield before, after, gone


def epochs_lost(evidence: Evidence) -> int:
    """How many epochs that were committed at a kill are gone, or were trained again after it."""
    lost = {(line.trial, line.epoch) for _, line in _committed_again(evidence)}
    for _, last, line in _taken_up_too_early(evidence):
        lost |= {(line.trial, epoch) for epoch in range(line.epoch + 1, last + 1)}
    for _, _, gone in _gone(evidence):
        lost |= set(gone)
    return len(lost)
