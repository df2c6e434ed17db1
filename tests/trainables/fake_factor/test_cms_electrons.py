from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from tests.benchmarks.fakes_electrons import STUDIES, VARIABLE, closed, config_of


@pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no file of electrons")
@pytest.mark.parametrize("study", STUDIES)
def test_real_fakes_close(study: str, tmp_path: Path) -> None:
    electrons = pd.read_parquet(os.environ[VARIABLE])
    found = closed(config_of(study, electrons, tmp_path), 0, tmp_path / "fit")
    # about 127 tight fakes in the test part: 9 %, and the prompts of `mixed` add 30 %
    assert found["test_yield_ratio"] < 1.5
    assert found["test_closure"] < 3.0
