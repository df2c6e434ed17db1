"""Made `pythia_events.parquet` out of events that are stored as 18 tokens each.

    python -m trainables.data.pythia_events EVENTS.h5 pythia_events.parquet

An event of the source is a row of 92 numbers: 18 identities (0 none, 1 jet, 2 b-tagged jet, 3 e+,
4 e-, 5 mu+, 6 mu-, 7 photon), the missing transverse momentum and its azimuth, and 18 times energy,
pt, eta, phi. Here each kind of objects has its own list columns, and their number a column too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TOKENS = 18
KINDS = {"jet": (1, 2), "lepton": (3, 4, 5, 6), "photon": (7,)}
"""The identities of each kind of objects."""

_EXTRA = {
    "jet": {"btag": {1: 0, 2: 1}},
    "lepton": {"charge": {3: 1, 4: -1, 5: 1, 6: -1}, "is_muon": {3: 0, 4: 0, 5: 1, 6: 1}},
    "photon": {},
}
"""Features that follow from the identity of an object."""


def main(source: Path, target: Path) -> None:
    """Write the table of a file of events."""
    events, labels = _read(source)
    columns: dict[str, Any] = {
        "label": labels,
        "met": events[:, TOKENS],
        "met_phi": events[:, TOKENS + 1],
    }
    identities = events[:, :TOKENS].astype(int)
    momenta = events[:, TOKENS + 2 :].reshape(len(events), TOKENS, 4)
    for kind, members in KINDS.items():
        present = np.isin(identities, members)
        columns[f"n_{kind}"] = present.sum(axis=1).astype(np.int8)
        for number, part in enumerate(("energy", "pt", "eta", "phi")):
            columns[f"{kind}_{part}"] = _lists(momenta[:, :, number], present)
        for name, values in _EXTRA[kind].items():
            table = np.array([values.get(identity, 0) for identity in range(8)], dtype=np.int8)
            columns[f"{kind}_{name}"] = _lists(table[identities], present)
    table = pa.table(columns)
    pq.write_table(table, target, compression="zstd", compression_level=19, use_dictionary=True)


def _read(source: Path) -> tuple[Any, list[str]]:
    with h5py.File(source) as file:
        names = [str(name) for name in file.attrs["labels"]]
        events = np.concatenate([file[f"X_{part}"][()] for part in ("train", "val", "test")])
        labels = np.concatenate([file[name][()] for name in ("Y_train", "y_val", "y_test")])
    return events, [names[number - 1] for number in labels]


def _lists(values: Any, present: Any) -> pa.ListArray:
    """The values of those that are present, event by event."""
    ends = np.concatenate([[0], np.cumsum(present.sum(axis=1))])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(values[present]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
