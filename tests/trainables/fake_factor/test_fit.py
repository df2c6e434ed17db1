from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning.pytorch import Trainer
from lightning.pytorch.plugins.precision import MixedPrecision
from torch import nn

from search.text.yaml_file import examine
from trainables import fakes, lightning_fit
from trainables.contract import REQUIRED_NAMES, ConfigError
from trainables.fake_factor import closure, event_table
from trainables.fake_factor.closure import Estimate
from trainables.fake_factor.module import ChainModule
from trainables.fakes import METRICS, Config

Chain = Callable[..., Config]
BASE = Path(__file__).parents[3] / "configs" / "fakes.yaml"


@pytest.mark.parametrize("name", REQUIRED_NAMES)
def test_it_has_the_names_of_a_trainable(name: str) -> None:
    assert hasattr(fakes, name)


def test_the_shipped_base_config_is_that_of_the_defaults() -> None:
    document, problems = examine(BASE)
    assert not problems
    assert isinstance(document.data, dict)
    written = {key: value for key, value in document.data.items() if key != "trainable"}
    assert set(written) == set(Config.model_fields)
    config = Config.model_validate(written)
    assert config.model_copy(update={"optimizer": Config().optimizer}) == Config()
    assert fakes.probe(config) == fakes.probe(Config())


def test_every_metric_is_reported_and_nothing_else(chain: Chain, new_trial: Any) -> None:
    trial = new_trial()
    fakes.fit(chain(), trial)
    assert [epoch for epoch, _ in trial.reports] == [1, 2, 3]
    for _, metrics in trial.reports:
        assert set(metrics) == set(METRICS)
        assert all(math.isfinite(value) for value in metrics.values())


def test_the_last_epoch_is_reported_even_between_validations(chain: Chain, new_trial: Any) -> None:
    trial = new_trial()
    plateau = {"name": "ReduceLROnPlateau"}
    fakes.fit(chain(trainer={"check_val_every_n_epoch": 2}, scheduler=plateau), trial)
    assert [epoch for epoch, _ in trial.reports] == [2, 3]


def test_the_same_seed_gives_the_same_numbers(chain: Chain, new_trial: Any) -> None:
    first, second, other = new_trial(), new_trial(), new_trial(seed=12)
    for trial in (first, second, other):
        fakes.fit(chain(), trial)
    assert first.reports == second.reports
    assert first.reports != other.reports


PLANS: dict[str, dict[str, Any]] = {
    "dropout": {},
    "a rate of its own": {"ratio": {"optimizer": {"name": "SGD", "lr": 0.05, "momentum": 0.9}}},
    "every step": {"scheduler": {"name": "CosineWarmup", "warmup_fraction": 0.3}},
    "plateau of one network": {
        "ratio": {"scheduler": {"name": "ReduceLROnPlateau", "patience": 0, "threshold": 1.0}}
    },
    "an epoch schedule of one": {"tight": {"scheduler": {"name": "StepLR", "step_size": 1}}},
    "shrinking rate": {"trainer": {"max_epochs": 4, "reduce_lr_on_epoch": 0.5}},
    "ensemble": {"ensemble": {"size": 3, "poisson_bootstrap": True, "mc_norm_sigma": 0.1}},
    "by mc": {"subtraction": {"use": "mc", "clip_quantile": 0.99}},
    "balanced": {"loss": {"balanced": True, "w_lambda": 0.01}},
    "batchnorm": {"architecture": {"name": "resnet", "width": 8, "depth": 1}},
    "repeats": {"trainer": {"max_epochs": 4, "repeats": 2}},
    "schedule-free": {"optimizer": {"name": "schedulefreeadamw", "lr": 0.01}},
    "double": {"trainer": {"max_epochs": 4, "precision": 64}},
    "added up and clipped": {
        "trainer": {"max_epochs": 4, "accumulate_grad_batches": 2, "gradient_clip_val": 0.1}
    },
    "early stopping": {
        "early_stopping": {"monitor": "val_closure", "patience": 1, "min_delta": 1e9}
    },
}


@pytest.mark.parametrize("plan", PLANS)
def test_a_resumed_chain_goes_on_as_if_never_stopped(
    plan: str, chain: Chain, new_trial: Any
) -> None:
    config = chain(**{"trainer": {"max_epochs": 4}} | PLANS[plan])
    through, stopped = new_trial(), new_trial(stop_at=1)
    fakes.fit(config, through)
    with pytest.raises(SystemExit):
        fakes.fit(config, stopped)
    resumed = new_trial(resume_from=stopped.checkpoints[1])
    fakes.fit(config, resumed)
    assert resumed.reports
    assert through.reports[1:] == resumed.reports
    last = max(through.checkpoints)
    expected, got = (
        torch.load(trial.checkpoints[last], weights_only=True)["state_dict"]
        for trial in (through, resumed)
    )
    assert all(torch.equal(expected[name], got[name]) for name in expected)


@pytest.mark.parametrize("precision", [32, 64, "bf16-mixed"])
def test_evaluate_gives_the_reported_numbers_again(
    precision: Any, chain: Chain, new_trial: Any
) -> None:
    config, trial = chain(trainer={"precision": precision, "repeats": 2}), new_trial()
    fakes.fit(config, trial)
    reported = {name: value for name, value in trial.reports[1][1].items() if "val" in name}
    found = fakes.evaluate(config, trial.checkpoints[2], "val")
    assert found == pytest.approx(reported, rel=1e-5, abs=1e-6)


def test_evaluate_on_test_events_says_test(chain: Chain, new_trial: Any) -> None:
    config, trial = chain(), new_trial()
    fakes.fit(config, trial)
    found = fakes.evaluate(config, trial.checkpoints[3], "test")
    names = {name.replace("val_", "test_") for name in METRICS if name.startswith("val_")}
    assert set(found) == names
    assert found["test_closure"] != trial.reports[2][1]["val_closure"]


def test_reported_numbers_are_those_of_the_saved_networks(chain: Chain, new_trial: Any) -> None:
    """The networks are put together here by hand, from the weights of the checkpoint alone."""
    config, trial = chain(), new_trial()
    fakes.fit(config, trial)
    state = torch.load(trial.checkpoints[3], weights_only=True)["state_dict"]
    table = event_table.load(config.data)
    raw = torch.from_numpy(table.val.features)
    scaled = ((raw - state["mean"]) / state["deviation"]).float()

    def logs(name: str) -> Any:
        part = {key.split(".nets.")[1]: value for key, value in state.items() if ".nets." in key}
        hidden = (scaled @ part[f"{name}.net.0.weight"].T + part[f"{name}.net.0.bias"]).relu()
        out = hidden @ part[f"{name}.net.3.weight"].T + part[f"{name}.net.3.bias"]
        return out[:, 0].double().numpy()

    val = table.val
    ratio_of_data = np.where(val.is_tight, logs("tight"), logs("loose"))
    weights = np.where(val.is_data, 1.0 - np.exp(-ratio_of_data), 0.0)
    estimate = Estimate(logs("ratio"), weights, float((ratio_of_data[val.is_data] < 0).mean()))
    expected = closure.summary(val, table.edges, estimate, has_mc=True)
    found = {name: trial.reports[2][1][f"val_{name}"] for name in expected}
    assert found == pytest.approx(expected, rel=1e-4)


def test_a_chain_closes(chain: Chain, new_trial: Any) -> None:
    """On 12,000 events of known truth it comes near the factor, and a constant does not."""
    data = {"path": "generated:three_features", "n_events": 12_000, "batch_size": 512}
    config = chain(
        data=data,
        architecture={"width": 32, "depth": 2, "dropout": 0.0},
        loss={"w_lambda": 1e-3},
        trainer={"max_epochs": 8},
    )
    trial = new_trial()
    fakes.fit(config, trial)
    best = min((metrics for _, metrics in trial.reports), key=lambda m: m["val_closure"])
    val = event_table.load(config.data).val
    assert val.true_ff is not None
    truth = np.log(val.true_ff[np.isfinite(val.true_ff)])
    by_a_constant = float(np.median(np.abs(truth - np.median(truth))))
    assert best["val_closure"] < 2.0
    assert best["val_yield_ratio"] < 1.1
    assert best["val_ff_logmae"] < by_a_constant
    assert best["val_closure"] < trial.reports[0][1]["val_closure"]


def test_weights_of_the_ratio_are_those_of_the_networks_that_were_just_trained(
    chain: Chain, new_trial: Any
) -> None:
    """With tight and loose that learn nothing at all, no event is a fake or all are alike."""
    still = {"optimizer": {"name": "SGD", "lr": 1e-30}}
    moving, stopped = new_trial(), new_trial()
    fakes.fit(chain(), moving)
    fakes.fit(chain(tight=still, loose=still), stopped)
    first, second = (trial.reports[0][1] for trial in (moving, stopped))
    assert first["train_loss_ratio"] != second["train_loss_ratio"]
    assert stopped.reports[0][1]["val_negative"] == stopped.reports[2][1]["val_negative"]
    assert moving.reports[0][1]["val_negative"] != moving.reports[2][1]["val_negative"]


def test_a_chain_that_diverges_reports_nan_and_does_not_crash(chain: Chain, new_trial: Any) -> None:
    trial = new_trial()
    fakes.fit(chain(optimizer={"name": "SGD", "lr": 1e30}), trial)
    assert math.isnan(trial.reports[-1][1]["val_closure"])


def test_several_chains_report_their_medians(chain: Chain, new_trial: Any) -> None:
    config = chain(trainer={"repeats": 3, "max_epochs": 1})
    trial = new_trial()
    fakes.fit(config, trial)
    state = torch.load(trial.checkpoints[1], weights_only=True)
    single = []
    for number in range(3):
        own = {
            name.replace(f"chains.{number}.", "chains.0."): value
            for name, value in state["state_dict"].items()
            if name.startswith(("mean", "deviation", f"chains.{number}."))
        }
        path = trial.directory / f"one-{number}.ckpt"
        torch.save({**state, "state_dict": own}, path)
        single.append(fakes.evaluate(chain(trainer={"max_epochs": 1}), path, "val"))
    for name in ("val_closure", "val_ff_error", "val_ess"):
        values = [found[name] for found in single]
        assert len(set(values)) == 3
        assert trial.reports[0][1][name] == pytest.approx(np.median(values), rel=1e-6)


def test_own_events_without_truth_or_met_leave_out_their_metrics(
    own: dict[str, Any], chain: Chain, new_trial: Any
) -> None:
    data = {"n_events": None, **own}
    trial = new_trial()
    fakes.fit(chain(data=data), trial)
    left_out = {name for name in METRICS if "_ff_e" in name or "logmae" in name or "_met" in name}
    assert set(trial.reports[0][1]) == set(METRICS) - left_out
    assert set(chain(data=data).unreported()) == left_out


def test_data_alone_train_the_ratio_alone(
    own: dict[str, Any], chain: Chain, new_trial: Any
) -> None:
    trial = new_trial()
    data = {"n_events": None, **own, "is_data": None, "features": ["x", "lepton_pt"]}
    fakes.fit(chain(data=data), trial)
    reported = trial.reports[-1][1]
    assert not [name for name in reported if name.endswith(("_tight", "_loose"))]
    assert reported["val_negative"] == 0.0
    state = torch.load(trial.checkpoints[3], weights_only=True)
    assert len(state["optimizer_states"]) == 1


def test_bins_of_encoded_features_are_those_of_the_training_part(
    chain: Chain, new_trial: Any
) -> None:
    trial = new_trial()
    config = chain(ratio={"architecture": {"piecewise": {"bins": 2}}}, trainer={"max_epochs": 1})
    fakes.fit(config, trial)
    state = torch.load(trial.checkpoints[1], weights_only=True)["state_dict"]
    table = event_table.load(config.data)
    scaled = (table.train.features - table.mean) / table.deviation
    # two bins of quantiles: the first ends at the median
    first = state["chains.0.nets.ratio.net.0.log_widths"][:, 0].exp()
    ends = state["chains.0.nets.ratio.net.0.start"][:, 0] + first
    assert ends.tolist() == pytest.approx(np.median(scaled, axis=0).tolist(), abs=1e-5)


def test_checking_the_data_of_a_toy_finds_nothing_odd(chain: Chain) -> None:
    assert fakes.check_data(chain()) == ()


def test_every_network_is_clipped_by_its_own_norm(
    chain: Chain, new_trial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    norms: list[float] = []
    clip = nn.utils.clip_grad_norm_

    def watched(parameters: Any, max_norm: float) -> Any:
        norms.append(max_norm)
        return clip(parameters, max_norm)

    monkeypatch.setattr(nn.utils, "clip_grad_norm_", watched)
    config = chain(
        trainer={"max_epochs": 1, "gradient_clip_val": 3.0}, loose={"gradient_clip_val": 0.5}
    )
    fakes.fit(config, new_trial())
    assert list(dict.fromkeys(norms)) == [3.0, 0.5]


def rates(trial: Any, epoch: int) -> list[float]:
    states = torch.load(trial.checkpoints[epoch], weights_only=True)["optimizer_states"]
    return [state["param_groups"][0]["lr"] for state in states]


@pytest.mark.parametrize("monitor", ["val_closure", "train_loss_ratio"])
def test_a_plateau_lowers_the_rate_of_its_network_alone(
    monitor: str, chain: Chain, new_trial: Any
) -> None:
    # nothing improves by a factor of 1e9: with patience 0 the rate halves from the second report on
    plateau = {
        "name": "ReduceLROnPlateau",
        "monitor": monitor,
        "patience": 0,
        "factor": 0.5,
        "threshold": 1e9,
        "threshold_mode": "abs",
    }
    trial = new_trial()
    fakes.fit(chain(loose={"scheduler": plateau}), trial)
    assert [rates(trial, epoch) for epoch in (1, 2, 3)] == [
        pytest.approx([0.01, loose, 0.01]) for loose in (0.01, 0.005, 0.0025)
    ]


def test_an_epoch_schedule_moves_once_an_epoch(chain: Chain, new_trial: Any) -> None:
    trial = new_trial()
    schedule = {"name": "StepLR", "step_size": 2, "gamma": 0.1}
    fakes.fit(chain(ratio={"scheduler": schedule}), trial)
    assert [rates(trial, epoch)[2] for epoch in (1, 2, 3)] == pytest.approx([0.01, 0.001, 0.001])


def test_a_step_schedule_is_stretched_over_the_steps_of_its_network(
    chain: Chain, new_trial: Any
) -> None:
    trial = new_trial()
    fakes.fit(chain(scheduler={"name": "CosineWarmup"}, tight={"batch_size": 32}), trial)
    # at the end of a cosine the rate is 0, for each network at its own number of steps
    assert rates(trial, 3) == pytest.approx([0.0, 0.0, 0.0], abs=1e-5)
    assert min(rates(trial, 2)) > 1e-3


def test_a_warm_start_takes_the_weights_but_not_the_epoch(chain: Chain, new_trial: Any) -> None:
    first, warm = new_trial(), new_trial()
    fakes.fit(chain(), first)
    start = {"load_checkpoint": str(first.checkpoints[3])}
    still = {"name": "SGD", "lr": 1e-30}
    fakes.fit(chain(optimizer=still, checkpointing=start), warm)
    assert [epoch for epoch, _ in warm.reports] == [1, 2, 3]
    assert warm.reports[0][1]["val_closure"] == first.reports[2][1]["val_closure"]


def test_continued_training_counts_epochs_in_total(chain: Chain, new_trial: Any) -> None:
    first, longer, through = new_trial(), new_trial(), new_trial()
    fakes.fit(chain(), first)
    start = {"load_checkpoint": str(first.checkpoints[3]), "continue_training": True}
    fakes.fit(chain(trainer={"max_epochs": 5}, checkpointing=start), longer)
    fakes.fit(chain(trainer={"max_epochs": 5}), through)
    assert longer.reports == through.reports[3:]


def test_a_rate_that_was_changed_wins_over_that_of_the_checkpoint(
    chain: Chain, new_trial: Any
) -> None:
    first, changed = new_trial(), new_trial()
    fakes.fit(chain(tight={"optimizer": {"lr": 0.02}}), first)
    start = {"load_checkpoint": str(first.checkpoints[3]), "continue_training": True}
    config = chain(
        ratio={"optimizer": {"lr": 0.005}}, trainer={"max_epochs": 4}, checkpointing=start
    )
    fakes.fit(config, changed)
    assert rates(changed, 4) == pytest.approx([0.01, 0.01, 0.005])


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1)])
def test_more_or_fewer_chains_cannot_go_on(
    before: int, after: int, chain: Chain, new_trial: Any
) -> None:
    first = new_trial()
    fakes.fit(chain(trainer={"max_epochs": 1, "repeats": before}), first)
    start = {"load_checkpoint": str(first.checkpoints[1]), "continue_training": True}
    with pytest.raises(ConfigError, match=f"has {before} chains") as error:
        fakes.fit(chain(trainer={"repeats": after}, checkpointing=start), new_trial())
    assert error.value.key == "trainer.repeats"


def test_other_networks_cannot_go_on(chain: Chain, own: dict[str, Any], new_trial: Any) -> None:
    first, data = new_trial(), {**own, "n_events": None}
    fakes.fit(chain(data=data, trainer={"max_epochs": 1}), first)
    start = {"load_checkpoint": str(first.checkpoints[1]), "continue_training": True}
    with pytest.raises(ConfigError, match="write 'measured'") as error:
        fakes.fit(chain(data={**data, "is_data": None}, checkpointing=start), new_trial())
    assert error.value.key == "data.is_data"


@pytest.mark.parametrize("name", ["LBFGS", "alig", "prodigy", "soap"])
def test_odd_optimizers_train_a_chain(name: str, chain: Chain, new_trial: Any) -> None:
    trial = new_trial()
    fakes.fit(chain(optimizer={"name": name}, trainer={"max_epochs": 1}), trial)
    assert trial.reports


def test_a_chain_trains_under_a_gradient_scaler(chain: Chain, new_trial: Any) -> None:
    """Half precision needs a scaler, which Lightning makes for a GPU only."""
    config, trial = chain(trainer={"max_epochs": 1}), new_trial()
    fakes.fit(config, trial)
    half = MixedPrecision("16-mixed", "cpu", torch.amp.GradScaler("cpu"))
    lightning_fit.seed(trial)
    trainer = Trainer(
        max_epochs=1,
        accelerator="cpu",
        plugins=[half],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(ChainModule(config, event_table.load(config.data), trial.seed))
    for name in ("train_loss_tight", "train_loss_loose", "train_loss_ratio"):
        single = trial.reports[0][1][name]
        assert float(trainer.callback_metrics[name]) == pytest.approx(single, rel=0.02)
