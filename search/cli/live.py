"""The live view of a search in the terminal: a panel where one can be drawn, lines where not."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table

from search.causes import headline
from search.cli.tally import Tally
from search.load import Search
from search.results.trade_off import goal_of
from search.results.trials import State, TrialRecord

SHOWN = 8


class Served(Protocol):
    """What the view says about the cluster."""

    @property
    def dashboard_url(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


class LiveView:
    """Shows trials by state, the best so far, epochs spent and saved, time left and failures."""

    def __init__(self, search: Search, console: Console, storage: Sequence[str] = ()) -> None:
        self._search = search
        self._console = console
        self._goal = goal_of(search.spec.metric, search.spec.mode)
        self._tally = Tally(self._goal, search.max_epochs())
        self._storage = storage
        self._wanted = search.wanted()
        self._lock = threading.Lock()
        self._before = 0
        self._started = time.monotonic()
        self._live: Live | None = None

    def started(
        self,
        cluster: Served,
        rungs: Sequence[int],
        concurrent: int,
        earlier: Sequence[TrialRecord] = (),
    ) -> None:
        """Say where the search can be watched and how it will go."""
        for trial in earlier:
            self._tally.put(trial)
        self._before = self._tally.finished
        spec = self._search.spec
        say = self._console.print
        say(
            f"[bold]{spec.name}[/]: {self._wanted} trials of up to {self._search.max_epochs()} "
            f"epochs, {concurrent} at a time; sampler {spec.sampler.name}, "
            f"scheduler {spec.scheduler.name}"
            + (f" with rungs at epochs {', '.join(map(str, rungs))}" if rungs else "")
        )
        if cluster.dashboard_url:
            say(f"Ray dashboard  {cluster.dashboard_url}", soft_wrap=True)
            # Whoever has it can run anything here, and a file may be read by others.
            if self._console.is_terminal:
                say(f"     sign in with the token  {cluster.token}", soft_wrap=True)
            else:
                say("     its token is shown on a terminal alone", soft_wrap=True)
        say(
            f"Live trials    {shlex.join(['tune-watch', spec.name, *self._storage])}",
            soft_wrap=True,
        )

    @contextmanager
    def searching(self) -> Iterator[None]:
        """Draw while the search runs."""
        self._started = time.monotonic()
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self.render, console=self._console, refresh_per_second=2) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def note(self, text: str) -> None:
        """Say something that a person should know, above the panel."""
        self._console.print(f"note: {text}", soft_wrap=True, highlight=False, markup=False)

    def trial_changed(self, trial: TrialRecord) -> None:
        """Remember the trial; without a terminal, say each end in one line."""
        with self._lock:
            self._tally.put(trial)
        if self._live is None and trial.state is not State.RUNNING:
            self._console.print(self._line(trial), soft_wrap=True, highlight=False, markup=False)

    def _line(self, trial: TrialRecord) -> str:
        text = (
            f"[{self._tally.finished}/{self._wanted}] trial {trial.number:05d} {trial.state.value}"
            f" after {trial.epochs} epochs, {trial.seconds:.1f} s"
        )
        for metric, value in zip(
            self._goal.metrics, self._tally.values(trial.number), strict=False
        ):
            text += f", {metric} {value:.5g}"
        # The ends of a front would make the line too long; the panel shows them.
        found = self._tally.found().partition(":")[0]
        text += f" ({found})" if found else ""
        return f"{text}: {headline(trial.cause)}" if trial.cause else text

    def render(self) -> RenderableType:
        """The panel as it stands now; drawn by a thread of its own."""
        with self._lock:
            parts: list[RenderableType] = [self._summary(), self._table()]
            parts += [
                f"[red]trial {t.number:05d} {t.state.value}: {escape(headline(t.cause))}[/]"
                for t in self._tally.faults()
            ]
        return Panel(Group(*parts), title=f"tune-run {self._search.spec.name}", border_style="cyan")

    def _summary(self) -> RenderableType:
        finished, wanted = self._tally.finished, self._wanted
        states = sorted(self._tally.states.items())
        counted = ", ".join(f"{count} {state.value}" for state, count in states if count)
        grid = Table.grid(padding=(0, 2))
        grid.add_row("trials", f"{finished} of {wanted}: {counted or 'starting'}")
        grid.add_row("", ProgressBar(total=wanted, completed=finished, width=40))
        found = self._tally.found()
        grid.add_row("best so far", found.removeprefix("best ") or "-")
        grid.add_row("epochs", self._epochs())
        grid.add_row("time", self._times(finished))
        return grid

    def _epochs(self) -> str:
        spent, saved = self._tally.epochs, self._tally.saved
        return f"{spent} spent, {saved} saved by {self._search.spec.scheduler.name}"

    def _times(self, finished: int) -> str:
        elapsed = time.monotonic() - self._started
        done = finished - self._before
        left = self._wanted - finished
        text = f"{_clock(elapsed)} so far"
        return f"{text}, about {_clock(elapsed / done * left)} to go" if done > 0 else text

    def _table(self) -> RenderableType:
        running = self._tally.running()
        best = self._tally.ranked(SHOWN - len(running))
        names = [p.name for p in self._search.space.parameters if p.name.endswith(".name")]
        table = Table("trial", "state", "epoch", *self._goal.metrics, *names, box=None)
        for trial in [*running, *best]:
            cells = [escape(str(trial.point.get(name, ""))) for name in names]
            values = [f"{value:.5g}" for value in self._tally.values(trial.number)]
            shown = values or [""] * len(self._goal.metrics)
            table.add_row(
                f"{trial.number:05d}", trial.state.value, str(trial.epochs), *shown, *cells
            )
        return table


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
        if minutes >= 60
        else f"{minutes}:{rest:02d}"
    )
