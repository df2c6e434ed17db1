from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from trainables.components import families, losses, optimizers, schedulers
from trainables.components.component import Component, SchedulerComponent
from trainables.components.families import FAMILIES
from trainables.contract import ConfigError
from trainables.docs.curves import curves

EACH = [
    (section, family, name)
    for section, those in FAMILIES.items()
    for family, known in those.items()
    for name in known.names
]
USABLE = {
    "loss": losses.names,
    "optimizer": optimizers.names,
    "scheduler": schedulers.names,
}


@pytest.mark.parametrize("section", FAMILIES)
def test_a_family_holds_two_names_or_more_that_a_config_may_give(section: str) -> None:
    for family in FAMILIES[section].values():
        assert len(set(family.names)) == len(family.names) >= 2
        assert set(family.names) <= set(USABLE[section]())


def test_no_two_of_a_family_are_one_class() -> None:
    rows = [row for row in optimizers.table() if row.same_as]
    rows += [entry.row for entry in schedulers.table() if entry.row.same_as]
    twins = {(row.name, row.same_as) for row in rows}
    for those in FAMILIES.values():
        for family in those.values():
            assert not any(set(pair) <= set(family.names) for pair in twins)


@pytest.mark.parametrize("name", sorted({name for one, _, name in EACH if one == "optimizer"}))
def test_an_optimizer_of_a_family_takes_what_a_space_gives_to_all(name: str) -> None:
    given = Component.model_validate({"name": name, "lr": 1e-3, "weight_decay": 1e-5})
    assert optimizers.resolved(given, 100)["lr"] == 1e-3


def kept_for_each_weight(name: str) -> float:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64))
    optimizer = optimizers.build(Component(name=name), net.parameters(), 10)
    for _ in range(2):
        optimizer.zero_grad()
        net(torch.randn(8, 64)).square().mean().backward()
        optimizer.step()
    tensors = [value for state in optimizer.state.values() for value in state.values()]
    kept = sum(value.numel() for value in tensors if isinstance(value, torch.Tensor))
    return kept / sum(weight.numel() for weight in net.parameters())


@pytest.mark.parametrize("name", FAMILIES["optimizer"]["memory_saving"].names)
@pytest.mark.filterwarnings("ignore")
def test_an_optimizer_that_saves_memory_keeps_about_one_number_a_weight(name: str) -> None:
    # Adam keeps two, and a count of its steps for each part: Kingma and Ba, arXiv:1412.6980.
    assert kept_for_each_weight("Adam") == pytest.approx(2.0, abs=0.01)
    assert kept_for_each_weight(name) < 1.1


@pytest.mark.parametrize("name", sorted({name for one, _, name in EACH if one == "scheduler"}))
def test_a_scheduler_of_a_family_needs_no_argument_and_follows_the_rate(name: str) -> None:
    component = SchedulerComponent(name=name)
    if schedulers.is_constant(component):
        return
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedulers.build(component, optimizer, schedulers.Horizon(8, 80), {"val_auc": "max"})
    assert {curve.name: curve.follows for curve in curves()}[name]


@pytest.mark.parametrize(
    ("family", "classes", "weighted"),
    [
        ("binary", (2,), True),
        ("binary_overlap", (2,), False),
        ("multiclass", (3,), True),
        ("robust", (2, 3), True),
    ],
)
def test_the_losses_of_a_family_serve_its_task(
    family: str, classes: tuple[int, ...], weighted: bool
) -> None:
    for n_classes in classes:
        for name in FAMILIES["loss"][family].names:
            losses.build(Component(name=name), weighted, n_classes)


def test_losses_of_overlap_take_no_weights() -> None:
    for name in FAMILIES["loss"]["binary_overlap"].names:
        with pytest.raises(ConfigError, match="no value a sample"):
            losses.build(Component(name=name), weighted=True)


def test_a_section_within_another_has_the_same_families() -> None:
    assert families.of("tight.optimizer") == families.of("optimizer")
    assert families.of("optimizer")["sign"] == ("lion", "signsgd", "tiger")
    assert families.of("architecture") == {}


def test_families_are_read_without_the_libraries() -> None:
    code = (
        "import sys; from trainables.signal_config import Config; Config.families('optimizer');"
        "print([name for name in ('torch', 'pytorch_optimizer') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
