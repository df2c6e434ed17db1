"""How well each optimizer trains, and over how many learning rates.

    python -m tests.benchmarks.optimizers [NAME ...]

The families of `trainables/components/families.py` rest on it. A small network learns the shipped
telescope data for a few epochs at learning rates two to a decade; each optimizer is given its
best area under the curve and the number of rates within 0.005 of the best of all.
"""

from __future__ import annotations

import sys
import time
import warnings
from dataclasses import dataclass

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from trainables import tabular
from trainables.components import optimizers
from trainables.components.component import Component
from trainables.row_tensors import tensors

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
EPOCHS, BATCH, SEEDS, NEAR = 6, 256, (0, 1), 0.005


@dataclass(frozen=True)
class Data:
    train: tuple[Tensor, Tensor]
    val: tuple[Tensor, Tensor]


def data() -> Data:
    table = tabular.load(tabular.TabularData())
    parts = []
    for rows in (table.train, table.val):
        batch = tensors(rows, table.scaling, len(table.classes))
        parts.append((batch.inputs.flat, batch.labels))
    return Data(parts[0], parts[1])


def area(name: str, rate: float, seed: int, told: Data) -> float:
    """The area under the curve after training; 0.5 where the training diverged."""
    torch.manual_seed(seed)
    features, labels = told.train
    net = nn.Sequential(
        nn.Linear(features.shape[1], 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)
    )
    steps = EPOCHS * (len(features) // BATCH)
    optimizer = optimizers.build(
        Component.model_validate({"name": name, "lr": rate}), net.parameters(), steps
    )
    for _ in range(EPOCHS):
        order = torch.randperm(len(features))
        for rows in torch.split(order[: len(order) // BATCH * BATCH], BATCH):
            _step(net, optimizer, features[rows], labels[rows])
    if hasattr(optimizer, "eval"):
        optimizer.eval()
    with torch.no_grad():
        scores = net(told.val[0])[:, 0]
    return float(roc_auc_score(told.val[1], scores)) if scores.isfinite().all() else 0.5


def _step(
    net: nn.Module, optimizer: torch.optim.Optimizer, features: Tensor, labels: Tensor
) -> None:
    @torch.enable_grad()
    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(net(features)[:, 0], labels)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    optimizer.step(closure)  # type: ignore[arg-type]


def main(names: list[str]) -> None:
    """Print a line for each optimizer: seconds, best area, rates near the best, all areas."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    told = data()
    for name in names or optimizers.names():
        begun = time.process_time()
        areas = []
        for rate in RATES:
            try:
                areas.append(sum(area(name, rate, seed, told) for seed in SEEDS) / len(SEEDS))
            except Exception as error:  # noqa: BLE001 - a library's optimizer raises what it likes
                areas.append(0.5)
                _write(f"# {name} at {rate}: {type(error).__name__}: {error}")
        spent = (time.process_time() - begun) / len(RATES) / len(SEEDS)
        shown = " ".join(f"{value:.4f}" for value in areas)
        _write(f"{name:22s} {spent:6.2f} s  {max(areas):.4f}  {shown}")


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
