from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.trainables.architectures.small_networks import SHAPE, config, events, network
from trainables.architectures import fusion
from trainables.architectures.flat_tokens import FlatTokens
from trainables.architectures.flattened import side_by_side
from trainables.architectures.gate import Gate
from trainables.architectures.inputs import Inputs
from trainables.architectures.object_tokens import ObjectTokens
from trainables.architectures.piecewise_encoding import PiecewiseEncoding, place_bins


def test_a_gate_multiplies_by_the_activated_half() -> None:
    # By hand: (2, 3) times relu(-1, 4).
    assert Gate(nn.ReLU())(torch.tensor([[2.0, 3.0, -1.0, 4.0]])).tolist() == [[0.0, 12.0]]


def test_a_feature_is_scaled_into_its_own_vector() -> None:
    tokens = FlatTokens(2, 3)
    flat = torch.tensor([[2.0, -1.0]])
    expected = torch.stack([2.0 * tokens.weight[0, 0], -tokens.weight[1, 0]]) + tokens.bias
    torch.testing.assert_close(tokens(flat)[0], expected)


def test_each_kind_of_objects_has_its_own_weights() -> None:
    inputs, tokens = events(), ObjectTokens(SHAPE.objects, 6)
    found = tokens(inputs)
    jets = tokens.layers[0](inputs.objects["jets"])
    leptons = tokens.layers[1](inputs.objects["leptons"])
    for event in range(len(found.mask)):
        there = [inputs.masks["jets"][event], inputs.masks["leptons"][event]]
        expected = torch.cat([jets[event][there[0]], leptons[event][there[1]]])
        torch.testing.assert_close(found.values[event][found.mask[event]], expected)


def test_there_are_as_many_places_as_the_fullest_event_needs() -> None:
    inputs, tokens = events(), ObjectTokens(SHAPE.objects, 6)
    counts = inputs.masks["jets"].sum(dim=1) + inputs.masks["leptons"].sum(dim=1)
    # The first event has all objects, the second none.
    for rows, places in ((slice(0, 8), 6), (slice(2, 8), int(counts[2:].max())), (slice(1, 2), 1)):
        part = Inputs(
            inputs.flat[rows], *({k: v[rows] for k, v in kind.items()} for kind in inputs[1:])
        )
        mask = tokens(part).mask
        assert mask.shape[1] == places
        assert torch.equal(mask, torch.arange(places) < counts[rows, None])


def test_bins_are_filled_one_after_the_other() -> None:
    # By hand from arXiv:2203.05556, eq. 1, with edges 0, 1, 3 and 3.5: beyond the ends it goes on.
    encoding = PiecewiseEncoding(1, 3, "uniform")
    encoding.start.fill_(0.0)
    encoding.log_widths.copy_(torch.tensor([[1.0, 2.0, 0.5]]).log())
    found = encoding(torch.tensor([[-0.5], [0.25], [2.0], [3.25], [4.5]]))[:, 0]
    expected = [[-0.5, 0, 0], [0.25, 0, 0], [1, 0.5, 0], [1, 1, 0.5], [1, 1, 3.0]]
    torch.testing.assert_close(found, torch.tensor(expected))


@pytest.mark.parametrize("edges", ["quantile", "uniform"])
def test_bins_lie_by_the_training_part(edges: str) -> None:
    features = np.random.default_rng(0).uniform(0.0, 1.0, (4000, 2)) ** np.array([1.0, 1.5])
    encoding = PiecewiseEncoding(2, 4, edges)
    encoding.place(torch.from_numpy(features).float())
    found = encoding.start + torch.cat([torch.zeros(2, 1), encoding.log_widths.exp()], 1).cumsum(1)
    shares = np.linspace(0.0, 1.0, 5)
    least, largest = features.min(axis=0), features.max(axis=0)
    by = {
        "quantile": np.quantile(features, shares, axis=0),
        "uniform": least + shares[:, None] * (largest - least),
    }
    np.testing.assert_allclose(found.T, by[edges], atol=1e-5)


@pytest.mark.parametrize("edges", ["quantile", "uniform", "learned"])
def test_features_that_repeat_their_values_stay_finite(edges: str) -> None:
    features = torch.tensor([[0.0, 7.0]] * 9 + [[1.0, 7.0]])
    encoding = PiecewiseEncoding(2, 6, edges)
    encoding.place(features)
    assert encoding(features).abs().max() <= 60.0


def test_bins_of_a_network_are_laid_by_what_it_sees() -> None:
    flat = network(config("mlp", piecewise={"bins": 4}))
    tokens = network(config("event_transformer", piecewise={"bins": 4}))
    inputs = events(200)
    for net, columns in ((flat, side_by_side(inputs)), (tokens, inputs.flat)):
        place_bins(net, lambda: inputs)
        (encoding,) = (part for part in net.modules() if isinstance(part, PiecewiseEncoding))
        torch.testing.assert_close(encoding.start[:, 0], columns.amin(dim=0))


def test_the_training_part_is_looked_at_only_where_bins_are() -> None:
    def never() -> Inputs:
        raise AssertionError("nobody has asked for bins")

    place_bins(network(config("mlp")), never)


def test_fusions_are_their_formulas() -> None:
    objects, flat = torch.randn(2, 5, 4).unbind()
    layers = nn.Linear(4, 4)
    seen = layers(flat)
    torch.testing.assert_close(fusion.Added(layers, 4)(objects, flat), objects + seen)
    joined = fusion.Joined(layers, 4)
    torch.testing.assert_close(
        joined(objects, flat), joined.layer(torch.cat([seen, objects], dim=1))
    )
    shared = fusion.Shared(layers, 4)
    torch.testing.assert_close(shared(objects, flat), 0.5 * seen + 0.5 * objects)
    gated = fusion.Gated(layers, 4)
    nn.init.zeros_(gated.layer.weight)
    nn.init.constant_(gated.layer.bias, float(np.log(3.0)))
    torch.testing.assert_close(gated(objects, flat), 0.75 * seen + 0.25 * objects)


def test_asked_flat_features_answer_by_what_the_objects_ask() -> None:
    torch.manual_seed(0)
    asked = fusion.Asked(n_flat=3, width=4, heads=2)
    objects, flat = torch.randn(2, 4), torch.randn(2, 3)
    answer = asked(objects, flat) - objects
    alone = asked.attention(objects.unsqueeze(1), asked.tokens(flat)).squeeze(1)
    torch.testing.assert_close(answer, alone)
    assert not torch.allclose(answer, asked(objects * 9.0, flat) - objects * 9.0)
