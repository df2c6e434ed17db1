"""What users of fake factors know by other names, what it is here, and where it is tested."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One option, metric or trap of theirs."""

    theirs: str
    keys: tuple[str, ...] = ()
    """The keys of the config, or the metrics, that it is here."""
    tested: tuple[str, ...] = ()
    """Files below `tests/`."""
    remark: str = ""


_FOLDER = "trainables/fake_factor"
LOSSES = f"{_FOLDER}/test_losses.py"
PULLS = f"{_FOLDER}/test_pulls.py"
METRICS = f"{_FOLDER}/test_metrics.py"
STAGES = f"{_FOLDER}/test_stages.py"
PROBE = f"{_FOLDER}/test_probe.py"
TASKS = f"{_FOLDER}/test_tasks.py"
TABLE = f"{_FOLDER}/test_event_table.py"
CLOSURE = f"{_FOLDER}/test_closure.py"
SUBTRACTION = f"{_FOLDER}/test_subtraction.py"
FIT = f"{_FOLDER}/test_fit.py"
TOYS = f"{_FOLDER}/test_toys.py"
ELECTRONS = f"{_FOLDER}/test_cms_electrons.py"
COMPONENTS = "trainables/components"

KNOBS = (
    Row(
        "three networks in sequence: num, den, ratio (the first two frozen)",
        ("tight", "loose", "ratio"),
        (FIT, STAGES),
        "one trial trains all three in every epoch; ratio sees the other two as they are then",
    ),
    Row(
        "loss: bce, mse, logistic, lsif, kliep, square, exp, savage, tangent, bregman, "
        "gaussian_nll",
        ("loss.name",),
        (LOSSES,),
        "logistic is bce; bregman is the power divergence (`loss.power`); gaussian_nll has the "
        "variance p(1-p) of the label, so that one output is enough",
    ),
    Row(
        "w_lambda",
        ("loss.w_lambda",),
        (PULLS,),
        "of (log r)^2, for each loss whose ratio is positive; refused for the others",
    ),
    Row(
        "ess_lambda",
        ("loss.ess_lambda",),
        (PULLS,),
        "times N / ESS of a batch's denominator events, so that its size plays no part",
    ),
    Row("output ensemble size", ("ensemble.size",), (TASKS, FIT)),
    Row("poisson_bootstrap", ("ensemble.poisson_bootstrap",), (TASKS, FIT)),
    Row("mc_norm_sigma", ("ensemble.mc_norm_sigma",), (TASKS, FIT)),
    Row("weight_clip_quantile", ("subtraction.clip_quantile",), (SUBTRACTION,)),
    Row("clipping at 0", ("subtraction.clip_negative",), (SUBTRACTION,)),
    Row("use_data_in_ratio", ("subtraction.use",), (SUBTRACTION, TASKS), "`data` or `mc`"),
    Row("pt_cut", ("data.pt_range",), (TABLE,), "one search for each slice"),
    Row("crack_veto", ("data.crack_veto",), (TABLE,)),
    Row(
        "data prescale and MC weights",
        ("data.weight",),
        (TABLE, TASKS),
        "with their sign",
    ),
    Row("class balance (prior odds)", ("loss.balanced",), (LOSSES,)),
    Row("lr, weight decay", ("optimizer",), (STAGES, PROBE)),
    Row(
        "layers, width, activation, dropout",
        ("architecture",),
        (STAGES, PROBE, "trainables/architectures/test_architectures.py"),
    ),
    Row("batch", ("data.batch_size", "ratio.batch_size"), (TASKS, PROBE)),
    Row("scheduler", ("scheduler",), (FIT, f"{COMPONENTS}/test_schedulers.py")),
)
"""The knobs of the estimation."""

TRAINING = (
    Row(
        "train_fakes, model_config, training_config", (), (FIT,), "`tune-train configs/fakes.yaml`"
    ),
    Row(
        "Optuna tuning of a fakes analysis",
        (),
        ("search/test_shipped_spaces.py",),
        "`tune-run spaces/fakes.yaml`",
    ),
    Row("seed", (), (FIT,), "`tune-train --seed`; in a search, from `search.seed`"),
    Row("loss_params", ("loss",), (STAGES,), "arguments beside the name"),
    Row("disco", (), (), "it decorrelates a classifier; a ratio of densities has no such aim"),
    Row(
        "optimizer of torch or pytorch_optimizer",
        ("optimizer",),
        (FIT, f"{COMPONENTS}/test_optimizers.py"),
    ),
    Row("AttentionWarmup, SqrtExpWarmup, CosineWarmup, LinearWarmup", ("scheduler",), (PROBE, FIT)),
    Row("reduce_lr_on_epoch", ("trainer.reduce_lr_on_epoch",), (FIT, PROBE)),
    Row("max_epochs", ("trainer.max_epochs",), (FIT,)),
    Row(
        "early_stop_patience, monitor, monitor_mode",
        ("early_stopping.monitor", "early_stopping.patience"),
        (FIT,),
        "the mode follows from the metric",
    ),
    Row("save_top_k", ("checkpointing.save_top_k",), ("search/results/test_checkpoints.py",)),
    Row("load_checkpoint", ("checkpointing.load_checkpoint",), (FIT,)),
    Row("continue_training", ("checkpointing.continue_training",), (FIT,)),
    Row("gradient_clip_val", ("trainer.gradient_clip_val", "ratio.gradient_clip_val"), (FIT,)),
    Row("precision", ("trainer.precision",), (FIT,)),
    Row("check_eval_n_epoch", ("trainer.check_val_every_n_epoch",), (FIT,)),
    Row("reload for evaluation", (), (FIT,), "`evaluate` of the trainable; `tune-best`"),
    Row(
        "example: Adam lr 1e-3, plateau 0.5 / 5, early stop 10",
        (),
        (FIT,),
        "`configs/fakes.yaml`, where both are off: they need a metric that does not explode",
    ),
)
"""Options of the training that a chain has too; the others are those of every trainable."""

JUDGING = (
    Row(
        "closure chi2/ndf by variable (pT, |eta|, MET)",
        ("val_closure", "val_closure_pt", "val_closure_eta", "val_closure_met"),
        (CLOSURE, FIT),
        "the errors are of the data alone, so that a few huge weights are not forgiven",
    ),
    Row(
        "yield ratio by variable",
        ("val_yield_ratio", "val_yield_ratio_pt", "val_yield_ratio_eta", "val_yield_ratio_met"),
        (CLOSURE,),
    ),
    Row(
        "val_chi2_data, val_chi2_mc, val_chi2",
        ("val_subtraction_tight", "val_subtraction_loose"),
        (CLOSURE,),
        "of data or of MC events, as `subtraction.use` says",
    ),
    Row("val_ess, val_inv_ess", ("val_ess",), (CLOSURE,), "relative to the number of events"),
    Row("fraction of negative subtraction weights", ("val_negative",), (CLOSURE, FIT)),
    Row(
        "mean, std, min, max of the logits",
        ("val_log_ff_spread", "val_log_ff_largest"),
        (CLOSURE,),
        "their mean is in the yield ratio",
    ),
    Row(
        "median and 95 % error of the ratio (toys)",
        ("val_ff_error", "val_ff_error_95", "val_ff_logmae"),
        (CLOSURE, FIT),
    ),
    Row(
        "seed spread",
        ("trainer.repeats", "trainer.summary"),
        (FIT, METRICS),
        "`python -m tests.benchmarks.fakes_over_seeds CONFIG`, and several chains in a trial",
    ),
    Row("toys with known truth", ("data.path",), (TOYS,)),
    Row("real electrons", ("data.path",), (ELECTRONS,), "skipped where the file is absent"),
)
"""What a result is judged by."""

FAULTS = (
    Row(
        "lsif and kliep push the output down for both classes",
        ("loss.name",),
        (LOSSES,),
        "the signs of Menon & Ong are used",
    ),
    Row(
        "square with the link 2f - 1",
        ("loss.name",),
        (LOSSES,),
        "the probability is (1 + f) / 2",
    ),
    Row("search by val_loss", ("val_closure",), ("search/test_load.py",), "no such metric exists"),
    Row("ess_lambda depends on the batch size", ("loss.ess_lambda",), (PULLS,)),
    Row("weights alone are saved", ("checkpointing",), (FIT,), "resumes are exact"),
)
"""Faults of theirs that are not here."""

SECTIONS = {
    "Knobs": KNOBS,
    "Training": TRAINING,
    "Judging": JUDGING,
    "Faults that are not copied": FAULTS,
}
"""The parts of the checklist."""
