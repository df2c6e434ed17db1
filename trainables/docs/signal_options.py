"""The options that users of SeeSawML know, and where each of them is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One option: their name, our keys, the test that tries it, and what is different."""

    theirs: str
    ours: tuple[str, ...]
    tested: str
    note: str = ""
    of: str = ""
    """The architecture that has the keys, which then follow `architecture.`."""


def _of(name: str, tested: str, *pairs: tuple[str, str], **notes: str) -> tuple[Option, ...]:
    """Options of one architecture: their name and ours, with notes by their name."""
    return tuple(
        Option(
            theirs, (ours,) if ours else (), tested, notes.get(theirs.replace(".", "_"), ""), name
        )
        for theirs, ours in pairs
    )


_OPTIONS = "tests/trainables/architectures/test_options.py"
_CONTRACT = "tests/trainables/architectures/test_contract.py"
_NORMS = "tests/trainables/architectures/test_norms.py"
_PAIRS = "tests/trainables/architectures/test_pairwise.py"
_PARTS = "tests/trainables/architectures/test_embeddings.py"
_TABULAR = "tests/trainables/test_tabular.py"
_OBJECTS = "tests/trainables/test_objects.py"
_MODULE = "tests/trainables/test_signal_module.py"
_SIGNAL = "tests/trainables/test_signal.py"
_FIT = "tests/trainables/test_lightning_fit.py"

_TRANSFORMER = (
    *(("embedding_dim", "embedding_dim"), ("heads", "heads"), ("dim_head", "dim_head")),
    *(("attn_dropout", "attn_dropout"), ("ff_hidden_mult", "ff_hidden_mult")),
    *(("ff_dropout", "ff_dropout"), ("act", "activation")),
)
_HEADS = "with dim_head: null they divide embedding_dim, by a constraint that the error spells out"

ARCHITECTURES: Mapping[str, tuple[Option, ...]] = {
    "MLP": _of(
        "mlp",
        _OPTIONS,
        *(("n_layers", "depth"), ("n_hidden", "width"), ("act", "activation")),
        *(("batchnorm", "batchnorm"), ("dropout", "dropout")),
        *(("ple.bins", "piecewise.bins"), ("ple.learn_bins, uniform_bins", "piecewise.edges")),
        ("act_out", ""),
        act="GeGLU and SwiGLU too, in every architecture",
        act_out="left out: losses want logits",
        ple_bins="`piecewise: null` for none; ResNet and the event transformer have it too",
    ),
    "ResNet (pre-activation)": _of(
        "resnet",
        _OPTIONS,
        *(("n_layers", "depth"), ("n_hidden", "width"), ("block_size", "block_size")),
        *(("act", "activation"), ("batchnorm", "batchnorm"), ("dropout", "dropout")),
    ),
    "DeepSets": _of(
        "deep_sets",
        _OPTIONS,
        *(("embedding_dim, n_hidden", "embedding_dim"), ("encoder_layers", "encoder_layers")),
        *(("decoder_layers", "decoder_layers"), ("mean_pooling", "pooling")),
        *(("act", "activation"), ("batchnorm", "batchnorm"), ("dropout", "dropout")),
        ("flat_fuse.mode", "flat_fuse.mode"),
        mean_pooling="the sum of the paper by default, which keeps how many there are; `mean` is "
        "theirs. Instead of laying all slots side by side, which depends on their order, `max`",
        batchnorm="over the objects that are there",
    ),
    "EventTransformer": _of(
        "event_transformer",
        _OPTIONS,
        ("transformer_depth", "transformer_depth"),
        *_TRANSFORMER,
        ("use_cls_token", "use_cls_token"),
        ("remove_first_attn_layernorm", "first_norm"),
        heads=_HEADS,
        transformer_depth="objects are tokens beside the flat features, where there are any",
        use_cls_token="else the mean of all tokens",
    ),
    "SetTransformer": _of(
        "set_transformer",
        _OPTIONS,
        *(("seed_strategy", "seed_strategy"), ("encoder_depth", "encoder_depth")),
        *(("decoder_depth", "decoder_depth"), ("use_setnorm", "use_setnorm")),
        ("set_predictor.depth", "set_predictor.depth"),
        ("set_predictor.mean_pooling", "set_predictor.mean_pooling"),
        ("set_predictor.act", "set_predictor.activation"),
        *_TRANSFORMER,
        ("flat_fuse.mode", "flat_fuse.mode"),
        decoder_depth="acts with more than one seed; a search that forgets this is refused",
        set_predictor_mean_pooling="acts with more than one seed",
        heads=_HEADS,
    ),
    "ParticleTransformer": _of(
        "particle_transformer",
        _OPTIONS,
        *(("particle_blocks", "particle_blocks"), ("class_blocks", "class_blocks")),
        ("particle_attention.embedding_layers", "particle_attention.embedding_layers"),
        ("particle_attention.embedding_dim", "particle_attention.embedding_dim"),
        ("particle_attention.quantities", "particle_attention.quantities"),
        *_TRANSFORMER,
        ("flat_fuse.mode", "flat_fuse.mode"),
        particle_attention_quantities="by the momenta as they are in the file, whatever the "
        f"scaler; by hand in `{_PAIRS}`",
        heads=_HEADS,
    ),
    "Fusion of flat features with objects": (
        Option("flat_fuse.mode", ("flat_fuse.mode",), _PARTS, of="deep_sets"),
        Option("flat_model_config", ("flat_fuse.depth",), _PARTS, "a perceptron", "deep_sets"),
        Option(
            "fuse_kwargs (heads)",
            ("flat_fuse.heads",),
            _PARTS,
            "attn with a single flat feature is refused: there is nothing to choose",
            "deep_sets",
        ),
    ),
}

SECTIONS: Mapping[str, tuple[Option, ...]] = {
    "Data": (
        Option("features", ("data.features", "data.objects"), _OBJECTS),
        Option("classes", ("data.classes",), _TABULAR, "merged classes too"),
        Option("numer_scaler_type", ("data.scaler",), "tests/trainables/test_scaling.py"),
        Option(
            "imbalanced_sampler",
            ("data.sampler",),
            "tests/trainables/test_sampling.py",
            "any number of classes",
        ),
        Option("use_mc_weights", ("data.weight", "data.weight_in_loss"), _MODULE),
        Option(
            "use_class_weights",
            ("data.class_weights",),
            _MODULE,
            "norm_class_weights would change nothing: a mean divides by the sum of its weights",
        ),
        Option("batch_size", ("data.batch_size",), "tests/trainables/test_batches.py"),
        Option(
            "stage_split_piles",
            ("data.val_fraction", "data.test_fraction", "data.split_seed"),
            _TABULAR,
        ),
    ),
    "Loss": (
        Option(
            "loss, loss_name, loss_params",
            ("loss.name",),
            "tests/trainables/components/test_losses.py",
            "those that are named there, and every usable one of the libraries: losses.md",
        ),
        Option(
            "gamma, alpha, label_smoothing",
            (),
            "tests/trainables/components/test_focal.py",
            "`loss.gamma` and so on, of the losses that have them",
        ),
        Option("disco.variables", ("disco.variables",), "tests/trainables/test_signal_disco.py"),
        Option("disco.lambda", ("disco.lambda",), "tests/trainables/test_signal_disco.py"),
        Option("disco.power", ("disco.power",), "tests/trainables/components/test_disco.py"),
        Option("disco.weighted", ("disco.weighted",), "tests/trainables/components/test_disco.py"),
        Option(
            "disco.multiclass_reduction",
            ("disco.multiclass",),
            "tests/trainables/components/test_disco.py",
        ),
    ),
    "Optimizer and schedule": (
        Option(
            "optimizer_name, optimizer_params",
            ("optimizer.name",),
            "tests/trainables/components/test_optimizers_in_lightning.py",
            "optimizers.md",
        ),
        Option(
            "scheduler_name, scheduler_params",
            ("scheduler.name",),
            "tests/trainables/components/test_schedulers.py",
            "schedulers.md",
        ),
        Option(
            "interval", ("scheduler.interval",), "tests/trainables/components/test_schedulers.py"
        ),
        Option(
            "AttentionWarmup, SqrtExpWarmup, CosineWarmup, LinearWarmup",
            (),
            "tests/trainables/components/test_warmups.py",
            "shapes that multiply `optimizer.lr`, which so keeps its effect; lengths in shares of "
            "the fit",
        ),
        Option(
            "reduce_lr_on_epoch",
            ("trainer.reduce_lr_on_epoch",),
            _SIGNAL,
            "refused beside a schedule that would overwrite it",
        ),
    ),
    "Training": (
        Option("max_epochs", ("trainer.max_epochs",), _SIGNAL),
        Option(
            "early_stop_patience", ("early_stopping.patience", "early_stopping.min_delta"), _FIT
        ),
        Option(
            "monitor, monitor_mode",
            ("early_stopping.monitor", "scheduler.monitor"),
            _FIT,
            "the direction follows from the metric",
        ),
        Option("save_top_k", ("checkpointing.save_top_k",), _FIT),
        Option("gradient_clip_val", ("trainer.gradient_clip_val",), _FIT),
        Option("load_checkpoint", ("checkpointing.load_checkpoint",), _FIT),
        Option("continue_training", ("checkpointing.continue_training",), _SIGNAL),
        Option("precision", ("trainer.precision",), _SIGNAL),
        Option("float32_matmul_precision", ("trainer.float32_matmul_precision",), _FIT),
        Option("check_eval_n_epoch", ("trainer.check_val_every_n_epoch",), _FIT),
        Option("seed", (), _SIGNAL, "`search.seed`: each trial's seed follows from it"),
        Option("accelerator, devices", (), _FIT, "`resources` of the search"),
        Option(
            "model_save_path, save_dir, run_name", (), _FIT, "the folder of the search holds it all"
        ),
    ),
    "Metrics": (
        Option("val_auroc", (), "tests/trainables/test_metrics.py", "`val_auc`"),
        Option(
            "val_F1, accuracy",
            (),
            "tests/trainables/test_class_metrics.py",
            "`val_f1`, `val_accuracy`",
        ),
        Option(
            "background rejection, Asimov significance",
            (),
            "tests/trainables/test_metrics.py",
            "`val_rejection_30` to `_80`, `val_significance` "
            "(`significance.background_uncertainty`)",
        ),
        Option(
            "mass sculpting",
            ("sculpting.variable",),
            "tests/trainables/test_sculpting.py",
            "`val_jsd`, `val_inverse_jsd`, `val_dcor`",
        ),
    ),
}

LEFT_OUT: Mapping[str, str] = {
    "add_particle_types": "each kind of objects has an embedding of its own, which tells it",
    "remove_first_attn_residual, first_attn_no_residual": "none of the papers has these "
    "variants of the blocks",
    "reduction, numer_feature_wise_linear, conv1d_embedding, post_embeddings": "an object is "
    "embedded by one layer, a flat feature by its own vector",
    "flat_embeddings_fuse": "the event transformer lets flat features and objects meet as tokens",
    "particle_attention.objects": "pairs of all kinds; leave a kind out of data.objects instead",
    "compile, sdp_backend": "they change speed, not results",
    "calibration_config": "it comes after training and leaves the order of the scores alone",
}
"""Options beyond the checklist that are not here, with the reason."""
