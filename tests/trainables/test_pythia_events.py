from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from trainables.data.pythia_events import TOKENS, main


def token_event(*objects: tuple[int, float]) -> np.ndarray:
    """Identities and energies of the objects; pt, eta, phi follow the energy."""
    row = np.zeros(TOKENS + 2 + 4 * TOKENS, dtype=np.float32)
    row[TOKENS : TOKENS + 2] = 50.0, 0.5
    for place, (identity, energy) in enumerate(objects):
        row[place] = identity
        start = TOKENS + 2 + 4 * place
        row[start : start + 4] = energy, energy / 2.0, 0.1, 0.2
    return row


def test_tokens_become_lists_by_kind(tmp_path: Path) -> None:
    # Identities: 1 jet, 2 b-tagged jet, 3 e+, 6 mu-, 7 photon, 0 nothing.
    events = [token_event((2, 90.0), (3, 80.0), (1, 70.0)), token_event((6, 60.0), (7, 40.0))]
    with h5py.File(tmp_path / "events.h5", "w") as file:
        file.attrs["labels"] = ["ttH", "WZ"]
        for part, name, rows in (("train", "Y_train", events), ("val", "y_val", events[:1])):
            file[f"X_{part}"], file[name] = np.array(rows), np.arange(len(rows)) + 1
        file["X_test"], file["y_test"] = np.array(events[1:]), np.array([2])
    main(tmp_path / "events.h5", tmp_path / "events.parquet")
    table = pd.read_parquet(tmp_path / "events.parquet")
    assert table["label"].tolist() == ["ttH", "WZ", "ttH", "WZ"]
    assert table["met"].tolist() == [50.0] * 4
    assert table["n_jet"].tolist() == [2, 0, 2, 0]
    first, second = table.iloc[0], table.iloc[1]
    assert first["jet_energy"].tolist() == [90.0, 70.0]
    assert first["jet_btag"].tolist() == [1, 0]
    assert first["lepton_pt"].tolist() == [40.0]
    assert (first["lepton_charge"].tolist(), first["lepton_is_muon"].tolist()) == ([1], [0])
    assert (second["lepton_charge"].tolist(), second["lepton_is_muon"].tolist()) == ([-1], [1])
    assert second["photon_energy"].tolist() == [40.0]
    assert len(second["jet_pt"]) == len(first["photon_pt"]) == 0
