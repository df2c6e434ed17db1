"""Which line of which file a refused config is the fault of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from search.checks.contexts import Case, Completion
from search.checks.judge import Judge
from search.checks.overridden import base_problem
from search.checks.sources import Sources
from search.checks.wording import Fault
from search.errors import COMMAND_LINE, Problem
from search.space.labels import Point, shown
from search.text.documents import Key, spelled


@dataclass
class Blame:
    """Collects the problems of refused configs, each said once and at the best place."""

    sources: Sources
    made: Completion
    judge: Judge
    problems: list[Problem] = field(default_factory=list)
    _said: set[tuple[str, str]] = field(default_factory=set)

    def check(self, cases: Sequence[Case]) -> list[Problem]:
        """The problems of the base config and of these cases."""
        reference = self.made.complete({})
        shown_by = self._shown_by(cases)
        self._blame_base(reference, cases, shown_by)
        others: list[tuple[Case, str, Fault]] = []
        for fault, guilty in shown_by.items():
            for name, refused in _by_parameter(guilty).items():
                owner = _owner(fault, refused[0].point, name)
                if owner not in (None, name):
                    others += [(case, str(owner), fault) for case in refused]
                elif owner == name or name in _suspects(guilty, cases):
                    self._blame_values(refused, fault)
        for case, owner, fault in others:
            self._blame_other(case, owner, fault)
        self._blame_reference(reference)
        return self.problems

    def _shown_by(self, cases: Iterable[Case]) -> dict[Fault, list[Case]]:
        shown_by: dict[Fault, list[Case]] = {}
        for case in cases:
            for fault in self.faults(case.point):
                shown_by.setdefault(fault, []).append(case)
        return shown_by

    def faults(self, point: Point) -> tuple[Fault, ...]:
        """What is refused at a point."""
        return self.judge.verdict(self.made.space.values(point)).faults

    def _blame_base(
        self, reference: Point, cases: Sequence[Case], shown_by: dict[Fault, list[Case]]
    ) -> None:
        for fault in self.faults(reference):
            written = bool(fault.path) and self.sources.base.has(fault.path)
            guilty = shown_by.get(fault, [])
            if _owner(fault, reference) is not None:
                continue
            if written or len(guilty) in (0, len(cases)):
                shown_by.pop(fault, None)
                self._say_of_base(fault, reference, written)

    def _say_of_base(self, fault: Fault, reference: Point, written: bool) -> None:
        inner = [name for name in reference if name.startswith(f"{fault.key}.")]
        if inner and not written:
            message = f"{fault.key}: {fault.message}"
            self._say(inner[0], message, ("space", inner[0]), message)
        elif lonely := self._without_section(fault, reference):
            section, missing = spelled(fault.path[:-1]), fault.path[-1]
            message = (
                f"the base config has no {section} to put it into; write "
                f"{section}: {{{missing}: ...}} there, or search {section}.{missing} too"
            )
            self._say(lonely, message, ("space", lonely), message)
        else:
            self.problems.append(base_problem(self.sources.base, fault.path, fault.message))

    def _without_section(self, fault: Fault, reference: Point) -> str:
        """The first parameter of a section that only the space brings in, and so not whole."""
        section = fault.path[:-1]
        if not fault.about_key or not section or isinstance(self.sources.base.get(section), dict):
            return ""
        return next((name for name in reference if name.startswith(f"{spelled(section)}.")), "")

    def _blame_values(self, refused: list[Case], fault: Fault) -> None:
        """Several values of one parameter that are refused in the same words."""
        if self._is_said_of_command_line(fault):
            return
        case = refused[0]
        name = case.parameter
        values = list(dict.fromkeys(shown(other.value) for other in refused))
        if fault.about_key and fault.key == name:
            message = f"{fault.message}{_under(case)}{self._elsewhere(case, fault)}"
            self._say(name, fault.message, ("space", name), message)
            return
        same = fault.key == name
        message = fault.message if same else ": ".join(filter(None, (fault.key, fault.message)))
        if not same or values[0] not in message:
            words = "value" if len(values) == 1 else "values"
            verb = "is" if len(values) == 1 else "are"
            message = f"the {words} {' and '.join(values)} {verb} refused: {message}"
        self._say(name, fault.message, self.sources.of_value(name, case.value), message)

    def _elsewhere(self, case: Case, fault: Fault) -> str:
        """Under which names of its section the key would exist."""
        switch = f"{case.parameter.rpartition('.')[0]}.name"
        parameter = self.made.space.by_name.get(switch)
        if parameter is None:
            return ""
        labels = [
            shown(label)
            for label in parameter.domain.corners()
            if fault not in self.faults({**case.point, switch: label})
        ]
        if not labels:
            return ""
        return f"; it exists when {switch} is {' or '.join(labels)}: give it a `when`"

    def _blame_other(self, case: Case, owner: str, fault: Fault) -> None:
        hint = "; give it a `when`" if fault.about_key else ""
        message = f"{fault.message} (when {case.parameter} is {shown(case.value)}){hint}"
        self._say(owner, fault.message, ("space", owner), message)

    def _blame_reference(self, reference: Point) -> None:
        """What only the base's own values of searched parameters show."""
        for fault in self.faults(reference):
            owner = _owner(fault, reference)
            if owner is not None:
                self._say(owner, fault.message, ("space", owner), fault.message)

    def _is_said_of_command_line(self, fault: Fault) -> bool:
        """Whether a value of the command line is wrong as it is, with other components too."""
        said = (problem.key for problem in self.problems if problem.place == COMMAND_LINE)
        return fault.key in said

    def _say(self, name: str, once: str, key: Key, message: str) -> None:
        if (name, once) not in self._said:
            self._said.add((name, once))
            # a parameter of one value is one that the command line fixes by its own name
            is_fixed = self.made.space.by_name[name].domain.size() == 1
            place = self.sources.space.place(key)
            self.problems.append(Problem(place, name if is_fixed else f"space.{name}", message))


def _by_parameter(cases: Iterable[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.parameter, []).append(case)
    return found


def _suspects(guilty: Iterable[Case], cases: Iterable[Case]) -> set[str]:
    """Of the parameters in whose cases a fault shows, those that can also be without it."""
    refused = _by_parameter(guilty)
    every = _by_parameter(cases)
    mixed = {name for name, some in refused.items() if len(some) < len(every[name])}
    return mixed or set(refused)


def _owner(fault: Fault, point: Point, first: str = "") -> str | None:
    """The searched parameter that a fault is about: `first` if it is one of several."""
    key = fault.key
    names = [name for name in point if key == name or key.startswith(f"{name}.")]
    if first in names:
        return first
    return max(names, key=len, default=None)


def _under(case: Case) -> str:
    if not case.context:
        return ""
    words = [f"{name} is {shown(label)}" for name, label in case.context.items()]
    return f" (when {' and '.join(words)})"
