from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from trainables.architectures import pairwise
from trainables.architectures.pair_bias import PairBias


def massless(pt: float, eta: float, phi: float) -> list[float]:
    return [pt, eta, phi, pt * math.cosh(eta)]


def of_pair(name: str, *objects: list[float]) -> float:
    momenta = torch.tensor([list(objects)], dtype=torch.float64)
    found: Tensor = pairwise.QUANTITIES[name](pairwise.pairs(momenta))
    torch.testing.assert_close(found, found.transpose(1, 2))
    return float(found[0, 0, 1])


def test_quantities_by_hand() -> None:
    # 3-4-5: d eta = 0.3, d phi = 0.4, so delta R = 0.5; the smaller pt is 20 of 20 + 60.
    first, second = massless(20.0, 0.1, 1.0), massless(60.0, 0.4, 1.4)
    assert of_pair("delta_r", first, second) == pytest.approx(0.5)
    assert of_pair("kt", first, second) == pytest.approx(10.0)
    assert of_pair("z", first, second) == pytest.approx(0.25)


def test_the_azimuth_is_taken_the_short_way_around() -> None:
    # Across +-pi: 3.1 and -3.1 are 2 pi - 6.2 apart.
    apart = of_pair("delta_r", massless(1.0, 0.0, 3.1), massless(1.0, 0.0, -3.1))
    assert apart == pytest.approx(2.0 * math.pi - 6.2)


def test_the_mass_of_massless_particles_is_the_textbook_formula() -> None:
    # m^2 = 2 pt1 pt2 (cosh d eta - cos d phi), Particle Data Group, Kinematics.
    found = of_pair("m2", massless(45.0, 1.2, 0.3), massless(30.0, -0.5, 2.9))
    assert found == pytest.approx(2.0 * 45.0 * 30.0 * (math.cosh(1.7) - math.cos(2.6)))


def test_the_daughters_of_a_decay_have_the_mass_of_their_mother() -> None:
    # A mother of 91.1876 at rest decays into two massless ones at an angle; then all is boosted.
    mass, angle, beta = 91.1876, 0.7, 0.8
    gamma, half = 1.0 / math.sqrt(1.0 - beta**2), mass / 2.0
    daughters = []
    for sign in (1.0, -1.0):
        px, pz = sign * half * math.sin(angle), sign * half * math.cos(angle)
        px, energy = gamma * (px + beta * half), gamma * (half + beta * px)
        pt = abs(px)
        daughters.append([pt, math.asinh(pz / pt), 0.0 if px > 0 else math.pi, energy])
    assert of_pair("m2", *daughters) == pytest.approx(mass**2)


def test_logarithms_come_in_the_order_of_the_names_and_never_diverge() -> None:
    first, second = massless(20.0, 0.1, 1.0), massless(60.0, 0.4, 1.4)
    momenta = torch.tensor([[first, second, [0.0] * 4]])
    found = pairwise.logarithms(momenta, ["z", "delta_r"])
    assert found[0, 0, 1].tolist() == pytest.approx([math.log(0.25), math.log(0.5)], rel=1e-5)
    assert pairwise.logarithms(momenta, list(pairwise.QUANTITIES)).isfinite().all()


def test_single_precision_is_enough_for_the_mass_of_a_hard_pair() -> None:
    # E = 5 TeV each, a mass of 91: the difference of large squares loses no digit that matters.
    first, second = massless(5000.0, 0.0, 0.0), massless(5000.0, 0.0, 91.1876 / 5000.0)
    momenta = torch.tensor([[first, second]], dtype=torch.float32)
    found = pairwise.m2(pairwise.pairs(momenta))[0, 0, 1].item()
    assert math.sqrt(max(found, 0.0)) == pytest.approx(91.1876, rel=0.02)


def test_a_bias_has_one_number_a_pair_and_head_and_leaves_out_who_is_absent() -> None:
    torch.manual_seed(0)
    bias = PairBias(["delta_r", "kt", "z", "m2"], n_layers=2, width=5, heads=3)
    objects = [massless(20.0, 0.1, 1.0), massless(60.0, 0.4, 1.4), massless(9.0, -2.0, 0.0)]
    momenta = torch.tensor([[*objects, [7.0] * 4]])
    mask = torch.tensor([[True, True, True, False]])
    found = bias(momenta, mask)
    assert found.shape == (1, 3, 4, 4)
    torch.testing.assert_close(found, found.transpose(2, 3))
    # An object with itself is an average pair, as is one that is not there.
    torch.testing.assert_close(found[0, :, 0, 0], found[0, :, 3, 3])
    assert not torch.equal(found[0, :, 0, 0], found[0, :, 0, 1])
