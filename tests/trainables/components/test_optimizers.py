from __future__ import annotations

import inspect
import io
import warnings
from typing import Any

import pytest
import pytorch_optimizer
import torch
from pytorch_optimizer import get_supported_optimizers
from torch import Tensor, nn

from trainables.checkpoint_file import plain
from trainables.components import optimizers
from trainables.components.component import Component
from trainables.contract import ConfigError

TORCH = [
    name
    for name, member in vars(torch.optim).items()
    if isinstance(member, type)
    and issubclass(member, torch.optim.Optimizer)
    and name != "Optimizer"
]
WRAPPERS = [
    name
    for name, member in vars(pytorch_optimizer).items()
    if inspect.isclass(member)
    and issubclass(member, torch.optim.Optimizer)
    and name.lower() not in get_supported_optimizers()
]
EVERY = [*TORCH, *get_supported_optimizers(), *WRAPPERS, "RotoGrad"]

MODEL = "takes the whole model"
CURVATURE = "gradients of gradients"
LICENCE = "forbids commercial use"
STATE = "its state holds Python objects"
TWO_STEPS = "two gradients at two places for each step"
LOSSES = "gradients of several losses"
WRAPS = "wraps another optimizer"
REFUSED = {
    "FriendlySAM": TWO_STEPS,
    "GSAM": TWO_STEPS,
    "LookSAM": TWO_STEPS,
    "Lookahead": WRAPS,
    "Muon": "muon takes both",
    "OrthoGrad": WRAPS,
    "PCGrad": LOSSES,
    "RotoGrad": LOSSES,
    "SAM": TWO_STEPS,
    "SafeFP16Optimizer": "half precision is trainer.precision: 16-mixed",
    "ScheduleFreeWrapper": "name schedulefreeadamw",
    "SparseAdam": "sparse gradients only",
    "TRAC": WRAPS,
    "WSAM": TWO_STEPS,
    "adahessian": CURVATURE,
    "adalomo": MODEL,
    "adammini": MODEL,
    "adashift": STATE,
    "bsam": "after a restart it goes on differently",
    "conda": STATE,
    "demo": "process group",
    "distributedmuon": "muon is the same on one process",
    "fromage": LICENCE,
    "lomo": MODEL,
    "magma": WRAPS,
    "muonclip": "muon is the rest of it",
    "nero": LICENCE,
    "scalableshampoo": STATE,
    "scion": STATE,
    "scionlight": STATE,
    "sophiah": CURVATURE,
    "spectralsphere": "matrices only",
}
"""What the libraries have but no config may name, with the heart of the reason."""


class Training:
    """A small network under an optimizer, stepped as Lightning does: with a closure."""

    def __init__(self, component: Component) -> None:
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 1))
        self.features = torch.randn(64, 4)
        self.target = (self.features[:, 0] > 0).float()
        self.optimizer = optimizers.build(component, self.net.parameters(), steps=20)

    @torch.enable_grad()
    def closure(self) -> Tensor:
        self.optimizer.zero_grad()
        logits = self.net(self.features)[:, 0]
        loss: Tensor = nn.functional.binary_cross_entropy_with_logits(logits, self.target)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def run(self, steps: int) -> list[float]:
        torch.manual_seed(1)
        return [float(self.optimizer.step(self.closure)) for _ in range(steps)]  # type: ignore

    def state(self) -> Any:
        return self.net.state_dict(), plain(self.optimizer.state_dict())

    def load(self, state: Any) -> None:
        self.net.load_state_dict(state[0])
        self.optimizer.load_state_dict(state[1])


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_an_optimizer_that_cannot_work_here_says_why(name: str, reason: str) -> None:
    with pytest.raises(ConfigError) as error:
        Training(Component(name=name))
    assert error.value.key == "optimizer.name"
    assert error.value.message.startswith(f"{name} cannot be used: ")
    assert reason in error.value.message


def test_what_may_be_named_is_listed_once_in_any_case() -> None:
    usable = {name.lower() for name in EVERY if name not in REFUSED}
    assert sorted(name.lower() for name in optimizers.names()) == sorted(usable)


@pytest.mark.parametrize("name", [name for name in EVERY if name not in REFUSED])
@pytest.mark.filterwarnings("ignore")
def test_every_other_optimizer_trains_and_resumes(name: str) -> None:
    component = Component(name=name)
    training = Training(component)
    start = [weight.detach().clone() for weight in training.net.parameters()]
    # the variance of radam's steps is too uncertain before the sixth
    assert all(torch.isfinite(torch.tensor(training.run(6))))
    moved = zip(start, training.net.parameters(), strict=True)
    assert any(not torch.equal(before, after) for before, after in moved)
    file = io.BytesIO()
    torch.save(training.state(), file)
    file.seek(0)
    resumed = Training(component)
    resumed.load(torch.load(file, weights_only=True))
    assert training.run(2) == resumed.run(2)


def test_the_table_holds_every_optimizer_once() -> None:
    rows = optimizers.table()
    assert sorted(row.name for row in rows) == sorted(EVERY)
    assert {row.name for row in rows if not row.works} == set(REFUSED)


def test_the_table_tells_arguments_and_twins() -> None:
    rows = {row.name: row for row in optimizers.table()}
    # the signature of torch.optim.Rprop
    assert rows["Rprop"].arguments["etas"] == "[0.5, 1.2]"
    assert (rows["adam"].same_as, rows["Adam"].same_as, rows["lion"].same_as) == ("Adam", "", "")


def test_most_optimizers_are_usable() -> None:
    assert len(optimizers.names()) > 100


def test_the_exact_name_of_torch_wins() -> None:
    built = Training(Component(name="Adam", lr=0.1)).optimizer
    assert type(built) is torch.optim.Adam


def test_any_case_finds_pytorch_optimizer() -> None:
    assert type(Training(Component(name="LION")).optimizer).__name__ == "Lion"


def test_a_list_becomes_the_tuple_that_is_wanted() -> None:
    built = Training(Component(name="AdamW", betas=[0.8, 0.95])).optimizer
    assert built.param_groups[0]["betas"] == (0.8, 0.95)


def test_a_missing_number_of_steps_is_filled_in() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert optimizers.resolved(Component(name="ranger21"), 77)["num_iterations"] == 77


@pytest.mark.parametrize(
    ("given", "key", "message"),
    [
        ({"name": "SGD", "momentumm": 0.9}, "optimizer.momentumm", "did you mean 'momentum'"),
        ({"name": "lion", "lrr": 0.9}, "optimizer.lrr", "it takes"),
        ({"name": "SGD", "momentum": "big"}, "optimizer.momentum", "float is wanted"),
        ({"name": "SGD", "lr": True}, "optimizer.lr", "refuses True"),
        ({"name": "AdamW", "betas": [0.9]}, "optimizer.betas", "refuses (0.9,)"),
        ({"name": "AdamW", "lr": -1.0}, "optimizer.lr", "Invalid learning rate: -1.0"),
        ({"name": "prodigy", "lr": -1.0}, "optimizer.lr", "refuses -1.0"),
        ({"name": "SGD", "nesterov": True}, "optimizer.nesterov", "Nesterov momentum requires"),
        ({"name": "adamww"}, "optimizer.name", "did you mean 'AdamW'"),
        ({"name": "nero"}, "optimizer.name", "forbids commercial use"),
    ],
)
def test_what_is_refused_is_named(given: Any, key: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        Training(Component(**given))
    assert error.value.key == key
    assert message in error.value.message
