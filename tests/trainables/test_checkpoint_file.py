from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from trainables.checkpoint_file import plain, read_checkpoint, textual
from trainables.contract import ConfigError


def test_what_numpy_left_behind_becomes_safe_to_load() -> None:
    state = {"lr": np.float64(0.5), "keys": np.arange(3), "path": Path("a"), "pair": (np.int64(1),)}
    file = io.BytesIO()
    torch.save(plain(state), file)
    file.seek(0)
    loaded = torch.load(file, weights_only=True)
    assert (loaded["lr"], loaded["keys"].tolist(), loaded["path"]) == (0.5, [0, 1, 2], "a")
    assert loaded["pair"] == (1,)


def test_objects_in_hyper_parameters_become_their_text() -> None:
    assert textual({"a": [1, object]}) == {"a": [1, "<class 'object'>"]}


@pytest.mark.parametrize("keep", [0, 10, 0.5, -10])
def test_a_damaged_file_is_refused_whatever_the_damage(keep: float, tmp_path: Path) -> None:
    path = tmp_path / "a.ckpt"
    torch.save({"state_dict": {"w": torch.randn(100)}}, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep * len(whole)) if keep == 0.5 else int(keep)])
    with pytest.raises(ConfigError, match="is damaged or no safe checkpoint"):
        read_checkpoint(path)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"state_dict": {}, "hook": print}, tmp_path / "a.ckpt")
    with pytest.raises(ConfigError, match="no safe checkpoint"):
        read_checkpoint(tmp_path / "a.ckpt")


def test_some_other_file_of_torch_is_refused(tmp_path: Path) -> None:
    torch.save([1, 2], tmp_path / "a.ckpt")
    with pytest.raises(ConfigError, match="it has no state_dict"):
        read_checkpoint(tmp_path / "a.ckpt")
