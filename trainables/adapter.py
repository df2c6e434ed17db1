"""Makes a trainable out of any LightningModule with its LightningDataModule.

    Config, METRICS, check_data, probe, fit, evaluate = from_lightning(
        Net, Data, metrics={"val_acc": "max", "val_loss": "min"}
    )

The module logs every promised metric in its validation or at the end of its training epoch, and
keeps its own `configure_optimizers`. Its `__init__` arguments are the config section `model`, those
of the data module the section `data`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import create_model

from trainables import loggers
from trainables.adapter_config import AdaptedConfig, section_of
from trainables.components.signature import construct, said
from trainables.contract import ConfigError, Direction, Metric, Split, Trial
from trainables.pictures import asked
from trainables.sections import check_ending, check_shares

if TYPE_CHECKING:
    from lightning.pytorch import LightningDataModule, LightningModule


class Adapted(NamedTuple):
    """The six names of a trainable, in the order in which they are unpacked."""

    Config: type[AdaptedConfig]
    METRICS: Mapping[str, Metric]
    check_data: Callable[[Any], None]
    probe: Callable[[Any], Mapping[str, str]]
    fit: Callable[[Any, Trial], None]
    evaluate: Callable[[Any, Path, Split], dict[str, float]]


def from_lightning(
    net: type[LightningModule],
    data: type[LightningDataModule],
    metrics: Mapping[str, Direction | Metric],
) -> Adapted:
    """A trainable of a module, its data module and the metrics that the module logs.

    **Raises** TypeError if an argument without a default cannot be given by a config.
    """
    config: type[AdaptedConfig] = create_model(
        "Config",
        __base__=AdaptedConfig,
        __module__=net.__module__,
        model=section_of(net),
        data=section_of(data),
    )
    return _Bound(config, net, data, {name: _metric(kind) for name, kind in metrics.items()}).all()


class _Bound(NamedTuple):
    config: type[AdaptedConfig]
    net: type[LightningModule]
    data: type[LightningDataModule]
    metrics: Mapping[str, Metric]

    def all(self) -> Adapted:
        return Adapted(
            self.config, self.metrics, self.check_data, self.probe, self.fit, self.evaluate
        )

    def check_data(self, config: Any) -> None:
        """Prepare the data module; raises ConfigError if it cannot."""
        module = self._data(config)
        try:
            module.prepare_data()
            module.setup("fit")
            n_batches = len(module.train_dataloader())
            n_val = _n_val_batches(module, config.trainer.limit_val_batches)
        except ConfigError:
            raise
        except Exception as error:
            message = f"{self.data.__name__} cannot be opened: {said(error)}"
            raise ConfigError("data", message) from error
        if n_batches == 0:
            raise ConfigError("data", f"{self.data.__name__} has no training batches")
        check_shares(config.trainer, n_batches, n_val)

    def probe(self, config: Any) -> dict[str, str]:
        """Build the module once; describes each section by what it was told."""
        import torch

        check_ending(self.metrics, config.trainer, config.early_stopping)
        loggers.check(config.logging.loggers)
        asked.check(self.net, config.logging.plot_every_n_epochs)
        with torch.random.fork_rng(devices=[]):
            net = self._net(config)
        texts = {
            name: part.model_dump_json() for name, part in config if hasattr(part, "model_dump")
        }
        return {**texts, "model": f"{net!r} {texts['model']}"}

    def fit(self, config: Any, trial: Trial) -> None:
        """Train one trial, reporting after each validation."""
        from trainables import lightning_fit

        plan = lightning_fit.Plan(
            metrics=self.metrics,
            trainer=config.trainer,
            early_stopping=config.early_stopping,
            checkpointing=config.checkpointing,
            logging=config.logging,
        )
        with lightning_fit.isolated(trial.placement.cpus):
            lightning_fit.seed(trial)
            lightning_fit.fit(self._net(config), trial, plan, self._data(config))

    def evaluate(self, config: Any, checkpoint: Path, split: Split) -> dict[str, float]:
        """What the module logs for a checkpoint when it validates or tests."""
        from trainables import lightning_fit
        from trainables.checkpoint_file import load_weights

        if split == "test" and not self._can_test():
            message = f"{self.net.__name__} and {self.data.__name__} define no test_step and loader"
            raise ConfigError("split", message)
        with lightning_fit.isolated(1), tempfile.TemporaryDirectory() as folder:
            net = self._net(config)
            lightning_fit.in_arithmetic(net, config.trainer)
            load_weights(net, checkpoint, key="checkpoint")
            trainer = lightning_fit.evaluator(config.trainer, Path(folder))
            run = trainer.validate if split == "val" else trainer.test
            run(net, datamodule=self._data(config), verbose=False)
            logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
        if split == "test":
            return {name: value for name, value in logged.items() if name.startswith("test")}
        return {name: value for name, value in logged.items() if name in self.metrics}

    def _can_test(self) -> bool:
        from lightning.pytorch import LightningDataModule, LightningModule

        has_step = self.net.test_step is not LightningModule.test_step
        return has_step and self.data.test_dataloader is not LightningDataModule.test_dataloader

    def _net(self, config: Any) -> LightningModule:
        named = dict(config.model)
        net: LightningModule = construct("model", self.net.__name__, self.net, **named)
        return net

    def _data(self, config: Any) -> LightningDataModule:
        named = dict(config.data)
        data: LightningDataModule = construct("data", self.data.__name__, self.data, **named)
        return data


def _n_val_batches(data: LightningDataModule, limit: float | None) -> int | None:
    """The batches of a validation; None where no share of them is asked, or nobody knows."""
    from lightning.pytorch import LightningDataModule

    has_own = type(data).val_dataloader is not LightningDataModule.val_dataloader
    if not isinstance(limit, float) or not has_own:
        return None
    loaders = data.val_dataloader()
    try:
        return min(map(len, loaders)) if isinstance(loaders, list | tuple) else len(loaders)
    except TypeError:
        # a data set that is a stream has no length
        return None


def _metric(kind: Direction | Metric) -> Metric:
    return kind if isinstance(kind, Metric) else Metric(kind, "as the module logs it")
