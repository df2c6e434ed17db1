"""What every architecture keeps, over the whole union."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from tests.trainables.architectures.small_networks import SHAPE, SMALL, config, events, network
from trainables.architectures import ARCHITECTURES
from trainables.architectures.inputs import Inputs, InputShape, ObjectShape
from trainables.contract import ConfigError

SETS = ["deep_sets", "event_transformer", "particle_transformer", "set_transformer"]
NEED_OBJECTS = ["deep_sets", "particle_transformer", "set_transformer"]
MODES = ["add", "cat", "learn", "gate", "attn"]

VARIANTS: list[dict[str, Any]] = [
    *(config(name) for name in SMALL),
    config("mlp", batchnorm=True, activation="geglu", piecewise={"bins": 3}),
    config("resnet", batchnorm=False, activation="swiglu", piecewise={"edges": "learned"}),
    *(config("deep_sets", **{"flat_fuse.mode": mode, "flat_fuse.heads": 2}) for mode in MODES),
    config("deep_sets", pooling="mean", batchnorm=False, activation="geglu"),
    config("deep_sets", pooling="max"),
    config(
        "event_transformer",
        use_cls_token=False,
        first_norm=False,
        piecewise={"bins": 4, "edges": "uniform"},
    ),
    config("set_transformer", seed_strategy="particles", use_setnorm=False),
    config("set_transformer", seed_strategy="objects", **{"set_predictor.mean_pooling": True}),
    config("set_transformer", **{"set_predictor.depth": 0}),
    config("particle_transformer", **{"particle_attention.quantities": ["m2"]}),
]


def ids(written: dict[str, Any]) -> str:
    changed = {
        key: value for key, value in written.items() if SMALL[written["name"]].get(key) != value
    }
    return " ".join(map(str, changed.values()))


every_variant = pytest.mark.parametrize("written", VARIANTS, ids=ids)


def moved(inputs: Inputs, change: Any) -> Inputs:
    """The same change of the slots of every kind."""
    kinds = [{name: change(name, part) for name, part in kind.items()} for kind in inputs[1:]]
    return Inputs(inputs.flat, *kinds)


def test_every_architecture_is_tried() -> None:
    assert set(SMALL) == set(ARCHITECTURES)
    assert {written["name"] for written in VARIANTS} == set(ARCHITECTURES)


@every_variant
@pytest.mark.parametrize("n_outputs", [1, 4])
def test_an_event_becomes_its_logits(written: dict[str, Any], n_outputs: int) -> None:
    shape = InputShape(SHAPE.n_flat, SHAPE.objects, n_outputs)
    logits = network(written, shape)(events())
    assert logits.shape == ((8,) if n_outputs == 1 else (8, 4))
    assert logits.isfinite().all()


@every_variant
def test_the_gradient_reaches_every_weight(written: dict[str, Any]) -> None:
    net = network(written)
    net(events(16)).square().sum().backward()
    dead = [name for name, part in net.named_parameters() if part.grad is None]
    assert dead == []
    silent = [name for name, part in net.named_parameters() if not part.grad.abs().sum() > 0]  # type: ignore[union-attr]
    assert silent == []


@every_variant
def test_the_last_matrix_is_the_head(written: dict[str, Any]) -> None:
    # Optimizers that turn hidden matrices by a rule of their own leave the last one out.
    shape = InputShape(SHAPE.n_flat, SHAPE.objects, 4)
    last = [part for part in network(written, shape).parameters() if part.ndim >= 2][-1]
    assert len(last) == 4


@every_variant
def test_what_stands_in_an_empty_slot_means_nothing(written: dict[str, Any]) -> None:
    clean = events()

    def spoiled(name: str, part: Tensor) -> Tensor:
        if part.dtype == torch.bool:
            return part
        slots = ~clean.masks[name].unsqueeze(2)
        return part.masked_fill(slots, float("nan")).masked_fill(slots & (part >= 0), 1e30)

    for training in (True, False):
        net, other = network(written).train(training), network(written).train(training)
        torch.testing.assert_close(other(moved(clean, spoiled)), net(clean))


@pytest.mark.parametrize("name", SETS)
def test_the_order_of_the_objects_means_nothing(name: str) -> None:
    clean, net = events(), network(config(name)).eval()
    orders = {kind.name: torch.randperm(kind.slots) for kind in SHAPE.objects}
    mixed = moved(clean, lambda kind, part: part[:, orders[kind]])
    torch.testing.assert_close(net(mixed), net(clean))


@pytest.mark.parametrize("name", SMALL)
def test_events_do_not_know_of_each_other(name: str) -> None:
    clean, net = events(), network(config(name)).eval()
    alone = Inputs(clean.flat[3:4], *({k: p[3:4] for k, p in kind.items()} for kind in clean[1:]))
    torch.testing.assert_close(net(alone), net(clean)[3:4])


@every_variant
@pytest.mark.parametrize("training", [True, False])
def test_events_without_any_object_are_finite(written: dict[str, Any], training: bool) -> None:
    clean = events()
    empty = clean._replace(masks={name: mask & False for name, mask in clean.masks.items()})
    net = network(written).train(training)
    logits = net(empty)
    assert logits.isfinite().all()
    logits.sum().backward()
    grads = [part.grad for part in net.parameters() if part.grad is not None]
    assert all(grad.isfinite().all() for grad in grads)


@every_variant
@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_few_steps_lower_the_loss(written: dict[str, Any], n_classes: int) -> None:
    shape = InputShape(SHAPE.n_flat, SHAPE.objects, 1 if n_classes == 2 else n_classes)
    net, inputs = network(written, shape), events(16)
    labels = torch.arange(16) % n_classes
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    losses = []
    for _ in range(8):
        logits = net(inputs)
        if n_classes == 2:
            loss = binary_cross_entropy_with_logits(logits, labels.float())
        else:
            loss = cross_entropy(logits, labels)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert losses[-1] < losses[0]


def cast(inputs: Inputs, dtype: torch.dtype) -> Inputs:
    """Numbers of another precision; masks stay what they are."""
    kinds = moved(inputs, lambda _, part: part if part.dtype == torch.bool else part.to(dtype))
    return kinds._replace(flat=inputs.flat.to(dtype))


@every_variant
def test_other_arithmetic_is_possible(written: dict[str, Any]) -> None:
    inputs = events()
    expected = network(written).eval()(inputs)
    with torch.autocast("cpu", torch.bfloat16):
        assert network(written)(inputs).float().isfinite().all()
    wide = network(written).eval().double()(cast(inputs, torch.float64))
    torch.testing.assert_close(wide.float(), expected, rtol=1e-4, atol=1e-4)


@every_variant
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_network_may_itself_be_in_half_precision(
    written: dict[str, Any], dtype: torch.dtype
) -> None:
    for training in (True, False):
        logits = network(written).train(training).to(dtype)(cast(events(), dtype))
        assert logits.dtype == dtype
        assert logits.isfinite().all()


@pytest.mark.parametrize("name", [*SETS, "mlp", "resnet"])
def test_events_may_be_without_flat_features(name: str) -> None:
    shape = InputShape(0, SHAPE.objects)
    net = network(config(name), shape)
    loss: Tensor = net(events(shape=shape)).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    assert all(part.grad is not None for part in net.parameters())


@pytest.mark.parametrize("name", sorted(set(SMALL) - set(NEED_OBJECTS)))
def test_flat_features_alone_are_enough_for_some(name: str) -> None:
    shape = InputShape(3)
    assert network(config(name), shape)(events(shape=shape)).shape == (8,)


@pytest.mark.parametrize("name", NEED_OBJECTS)
def test_the_others_say_where_objects_are_named(name: str) -> None:
    with pytest.raises(ConfigError, match=r"data\.objects: architecture .* works on the objects"):
        network(config(name), InputShape(3))


def test_one_flat_feature_leaves_nothing_to_choose() -> None:
    written = config("deep_sets", **{"flat_fuse.mode": "attn", "flat_fuse.heads": 2})
    with pytest.raises(ConfigError, match=r"architecture\.flat_fuse\.mode: .*one only"):
        network(written, InputShape(1, SHAPE.objects))


def test_pairs_of_objects_need_their_momenta() -> None:
    shape = InputShape(3, (ObjectShape("jets", 4, 5), *SHAPE.objects[1:]))
    with pytest.raises(ConfigError, match=r"data\.objects\.jets: .*pt, eta, phi and energy"):
        network(config("particle_transformer"), shape)


def test_a_network_of_flat_features_sees_each_slot() -> None:
    # By hand: 3 flat features, 4 jets of 5 and 2 leptons of 3.
    first = next(part for part in network(config("mlp")).modules() if isinstance(part, nn.Linear))
    assert first.in_features == 3 + 4 * 5 + 2 * 3
