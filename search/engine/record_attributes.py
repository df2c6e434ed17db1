"""The attributes of an Optuna study and of its trials, by our keys and by the numbers of trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial

from search.engine.record_words import PREFIX


class Attributes:
    """Where the words of a record lie; writing one of them is one commit."""

    def __init__(self, study: optuna.Study, storage: RDBStorage) -> None:
        self.study = study
        self.storage = storage
        self._study_id = storage.get_study_id_from_name(study.study_name)
        self._keys: dict[int, int] = {}
        """From the numbers of trials to Optuna's keys, for which it would look through them all."""

    def notes(self) -> dict[str, Any]:
        """What was noted of the search as a whole."""
        attrs = self.storage.get_study_system_attrs(self._study_id)
        return {key.removeprefix(PREFIX): value for key, value in attrs.items()}

    def note(self, key: str, value: Any) -> None:
        """Commit something of the search as a whole."""
        self.storage.set_study_system_attr(self._study_id, f"{PREFIX}{key}", value)

    def write(self, number: int, key: str, value: Any) -> None:
        """Commit something of a trial; None takes back what was there."""
        self.storage.set_trial_system_attr(self.key(number), f"{PREFIX}{key}", value)

    def show(self, number: int, told: Mapping[str, Any]) -> None:
        """Where optuna-dashboard shows it; nothing of ours reads it."""
        for name, value in told.items():
            self.storage.set_trial_user_attr(self.key(number), name, value)

    def frozen(self, number: int) -> FrozenTrial:
        """A trial as Optuna holds it."""
        return self.storage.get_trial(self.key(number))

    def key(self, number: int) -> int:
        """Optuna's own key of a trial."""
        if number not in self._keys:
            find = self.storage.get_trial_id_from_study_id_trial_number
            self._keys[number] = find(self._study_id, number)
        return self._keys[number]
