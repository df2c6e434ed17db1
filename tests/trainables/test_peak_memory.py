from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import torch

from trainables import peak_memory

CPU = torch.device("cpu")
SIZE_MIB = 200


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux begins a new peak")
def test_the_peak_is_that_since_the_beginning_of_the_trial() -> None:
    peak_memory.begin(CPU)
    before = peak_memory.peak_mib(CPU)
    # man 5 proc: the second number of statm is the resident set, in pages
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    assert before == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, rel=0.05)
    taken = torch.ones(SIZE_MIB * 2**20 // 4)
    del taken
    assert peak_memory.peak_mib(CPU) - before == pytest.approx(SIZE_MIB, rel=0.1)
    peak_memory.begin(CPU)
    assert peak_memory.peak_mib(CPU) - before < SIZE_MIB / 2


@pytest.mark.gpu
def test_on_a_gpu_it_is_what_torch_allocated_there() -> None:
    device = torch.device("cuda")
    peak_memory.begin(device)
    before = peak_memory.peak_mib(device)
    taken = torch.ones(SIZE_MIB * 2**20 // 4, device=device)
    del taken
    assert peak_memory.peak_mib(device) - before == pytest.approx(SIZE_MIB)
