"""One hidden layer of a perceptron."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from trainables.architectures.activation import Activation, module_of, widening


def dense(
    n_inputs: int,
    width: int,
    activation: Activation,
    batchnorm: bool = False,
    dropout: float = 0.0,
) -> list[nn.Module]:
    """Weights, normalisation, activation, dropout. **Shapes** [B, n_inputs] -> [B, width]."""
    units = width * widening(activation)
    layers: list[nn.Module] = [nn.Linear(n_inputs, units)]
    if batchnorm:
        layers.append(nn.BatchNorm1d(units))
    layers.append(module_of(activation))
    if dropout > 0:
        layers.append(nn.Dropout(dropout))
    return layers


def perceptron(
    n_inputs: int,
    widths: list[int],
    activation: Activation,
    batchnorm: bool = False,
    dropout: float = 0.0,
) -> list[nn.Module]:
    """Hidden layers one after the other. **Shapes** [B, n_inputs] -> [B, widths[-1]]."""
    layers: list[nn.Module] = []
    for n_before, width in pairwise([n_inputs, *widths]):
        layers += dense(n_before, width, activation, batchnorm, dropout)
    return layers
