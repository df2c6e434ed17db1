from __future__ import annotations

import signal

import pytest
import torch

from trainables.process_state import isolated


def test_ctrl_c_comes_out_as_itself_and_is_not_ignored_afterwards() -> None:
    # Lightning answers Ctrl-C by ignoring SIGINT and exiting from inside the handler.
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), isolated(1):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            raise SystemExit(1)  # noqa: B904 - as Lightning does
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_number_of_threads_is_that_of_the_trial_and_then_as_before() -> None:
    before = torch.get_num_threads()
    with isolated(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_random_numbers_go_on_as_if_nothing_had_been_drawn() -> None:
    torch.manual_seed(0)
    expected = torch.randn(3)
    torch.manual_seed(0)
    with isolated(1):
        torch.randn(100)
    assert torch.equal(torch.randn(3), expected)
