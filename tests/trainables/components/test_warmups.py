"""The shapes against the formulas of the schedules, evaluated here by hand from 1-based steps."""

from __future__ import annotations

import math

import pytest
import torch

from trainables.components import warmups

STEPS, FRACTION, W = 1000, 0.1, 100


@pytest.mark.parametrize("n", [1, 50, 100, 101, 400, 1000])
def test_attention_is_the_paper_schedule_over_its_peak(n: int) -> None:
    # Vaswani et al., arXiv:1706.03762, eq. 3: d^-1/2 min(n^-1/2, n w^-3/2), peak 1 / sqrt(d w).
    d = 64
    paper = d**-0.5 * min(n**-0.5, n * W**-1.5)
    peak = 1.0 / math.sqrt(d * W)
    assert warmups.attention(n - 1, STEPS, FRACTION) == pytest.approx(paper / peak)


@pytest.mark.parametrize("n", [1, 50, 100, 101, 400, 1000])
def test_sqrt_exp_is_the_schedule_over_its_peak(n: int) -> None:
    # a sqrt(c n) exp(-c n) peaks at n = 1 / (2 c) with 0.42888 a; here c = 1 / 200, a = 1.
    c = 1.0 / (2 * W)
    original = math.sqrt(c * n) * math.exp(-c * n)
    assert warmups.sqrt_exp(n - 1, STEPS, FRACTION) == pytest.approx(original / 0.42888, rel=1e-4)


@pytest.mark.parametrize("n", [1, 50, 99, 100, 550, 1000])
def test_cosine_is_the_schedule_between_its_rates(n: int) -> None:
    # n < w: min + (max - min) n / w, else min + (max - min) (1 + cos(pi (n - w) / T)) / 2.
    low, high, period = 1e-6, 1e-3, STEPS - W
    if n < W:
        rate = low + (high - low) * n / W
    else:
        rate = low + (high - low) * (1 + math.cos(math.pi * min(n - W, period) / period)) / 2
    found = high * warmups.cosine(n - 1, STEPS, FRACTION, low / high)
    assert found == pytest.approx(rate)


@pytest.mark.parametrize(("n", "rate"), [(1, 0.208), (50, 0.6), (100, 1.0), (1000, 1.0)])
def test_linear_rises_and_stays(n: int, rate: float) -> None:
    # By hand: 0.2 + 0.8 n / 100, then 1.
    assert warmups.linear(n - 1, STEPS, FRACTION, 0.2) == pytest.approx(rate)


@pytest.mark.parametrize("name", warmups.WARMUPS)
def test_the_peak_is_the_rate_of_the_optimizer(name: str) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    scheduler = warmups.WARMUPS[name](optimizer, STEPS, FRACTION)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert max(rates) == pytest.approx(0.3)
    assert min(rates) >= 0.0


@pytest.mark.parametrize("name", warmups.WARMUPS)
def test_no_warm_up_at_all_starts_at_the_peak(name: str) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    warmups.WARMUPS[name](optimizer, STEPS, 0.0)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.3)


def rates_of(name: str, **given: float | None) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    scheduler = warmups.WARMUPS[name](optimizer, STEPS, FRACTION, **given)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize("name", ["AttentionWarmup", "SqrtExpWarmup", "CosineWarmup"])
def test_a_frozen_rate_stays_where_it_was(name: str) -> None:
    frozen, free = rates_of(name, freeze_fraction=0.4), rates_of(name)
    assert frozen[:400] == free[:400]
    assert set(frozen[400:]) == {free[399]}
    assert free[400] < free[399]


@pytest.mark.parametrize("fraction", [0.0, -0.1, 1.1])
def test_a_rate_cannot_be_frozen_outside_the_fit(fraction: float) -> None:
    with pytest.raises(ValueError, match="freeze_fraction is"):
        rates_of("CosineWarmup", freeze_fraction=fraction)
