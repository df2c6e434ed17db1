"""Every option of every architecture reaches the network that is built, or is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.trainables.architectures.small_networks import SHAPE, config, network
from trainables.architectures import ARCHITECTURES, Architecture
from trainables.contract import Frozen

OTHER: dict[str, Any] = {
    **{"width": 7, "depth": 3, "activation": "elu", "dropout": 0.3, "batchnorm": "not"},
    **{"block_size": 3, "piecewise": {}, "piecewise.bins": 5, "piecewise.edges": "learned"},
    **{"embedding_dim": 8, "encoder_layers": 3, "decoder_layers": 3, "pooling": "mean"},
    **{"flat_fuse.mode": "gate", "flat_fuse.depth": 2, "flat_fuse.heads": 1},
    **{"transformer_depth": 3, "heads": 1, "dim_head": 5, "attn_dropout": 0.2},
    **{
        "ff_hidden_mult": 3,
        "ff_dropout": 0.2,
        "use_cls_token": "not",
        "first_norm": "not",
        "use_setnorm": "not",
    },
    **{"seed_strategy": "objects", "encoder_depth": 3, "decoder_depth": 1},
    **{"set_predictor.depth": 2, "set_predictor.mean_pooling": "not"},
    **{"set_predictor.activation": "silu", "particle_blocks": 3, "class_blocks": 1},
    **{"particle_attention.embedding_layers": 1, "particle_attention.embedding_dim": 7},
    **{"particle_attention.quantities": ["z", "m2"]},
}
"""Another value of each option; "not" is the opposite."""

ATTN = {"flat_fuse.mode": "attn", "flat_fuse.heads": 2}

ACTIVE: dict[str, dict[str, Any]] = {
    "piecewise.bins": {"piecewise": {}},
    "piecewise.edges": {"piecewise": {}},
    "flat_fuse.heads": ATTN,
    "decoder_depth": {"seed_strategy": "particles"},
    "set_predictor.mean_pooling": {"seed_strategy": "particles"},
}
"""What an option needs in order to act, where it does not always."""


def options(member: type[BaseModel], prefix: str = "") -> list[str]:
    """Dotted names of all options, those of sections too."""
    found: list[str] = []
    for name, field in member.model_fields.items():
        parts = [part for part in getattr(field.annotation, "__args__", ()) if _is_section(part)]
        section: Any = (
            field.annotation if _is_section(field.annotation) else next(iter(parts), None)
        )
        if name == "name":
            continue
        if section is not None:
            found += options(section, f"{prefix}{name}.")
        if not _is_section(field.annotation):
            found.append(prefix + name)
    return found


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Frozen)


CASES = [(name, option) for name in ARCHITECTURES for option in options(ARCHITECTURES[name])]


def built(written: dict[str, Any]) -> str:
    net = network(written)
    return f"{net!r} {sum(part.numel() for part in net.parameters())}"


def value_of(name: str, option: str) -> Any:
    if OTHER[option] != "not":
        return OTHER[option]
    whole = TypeAdapter(Architecture).validate_python(config(name)).model_dump()
    for key in option.split("."):
        whole = whole[key]
    return not whole


def test_every_option_has_another_value_here() -> None:
    assert {option for _, option in CASES} == set(OTHER)


@pytest.mark.parametrize(("name", "option"), CASES)
def test_an_option_changes_the_network(name: str, option: str) -> None:
    active = ACTIVE.get(option, {})
    before, after = (
        config(name, **active),
        config(name, **{**active, option: value_of(name, option)}),
    )
    assert built(before) != built(after)


@pytest.mark.parametrize(
    ("written", "option"),
    [
        (config("deep_sets"), "flat_fuse.heads"),
        (
            config("deep_sets", **{"flat_fuse.mode": "attn", "flat_fuse.heads": 2}),
            "flat_fuse.depth",
        ),
        (config("set_transformer"), "decoder_depth"),
        (config("set_transformer"), "set_predictor.mean_pooling"),
    ],
)
def test_an_option_that_cannot_act_leaves_no_trace(written: dict[str, Any], option: str) -> None:
    # So a search that varies it without its condition is told that it varies nothing.
    changes = {key: value for key, value in written.items() if key != "name"}
    other = value_of(written["name"], option)
    after = config(written["name"], **{**changes, option: other})
    assert built(written) == built(after)


@pytest.mark.parametrize("name", ["event_transformer", "set_transformer", "particle_transformer"])
def test_heads_that_do_not_divide_are_answered_with_a_constraint(name: str) -> None:
    written = config(name, dim_head=None, heads=4)
    constraint = r"architecture\.embedding_dim % architecture\.heads == 0"
    with pytest.raises(ValidationError, match=constraint):
        TypeAdapter(Architecture).validate_python(written)
    assert network(config(name, dim_head=None, heads=3))


@pytest.mark.parametrize("name", ["deep_sets", "set_transformer", "particle_transformer"])
def test_heads_of_the_fusion_divide_too(name: str) -> None:
    written = config(name, **{"flat_fuse.mode": "attn", "flat_fuse.heads": 4})
    constraint = r"architecture\.embedding_dim % architecture\.flat_fuse\.heads == 0"
    with pytest.raises(ValidationError, match=constraint):
        TypeAdapter(Architecture).validate_python(written)


@pytest.mark.parametrize(
    ("strategy", "n_seeds"), [("pooling", 1), ("objects", 2), ("particles", 4 + 2)]
)
def test_seeds_are_counted_by_their_strategy(strategy: str, n_seeds: int) -> None:
    written = config("set_transformer", seed_strategy=strategy)
    architecture: Any = TypeAdapter(Architecture).validate_python(written)
    assert architecture.n_seeds(SHAPE) == n_seeds


@pytest.mark.parametrize(
    "written",
    [
        config("particle_transformer", **{"particle_attention.quantities": []}),
        config("particle_transformer", **{"particle_attention.quantities": ["z", "z"]}),
        config("particle_transformer", **{"particle_attention.quantities": ["mass"]}),
        config("deep_sets", **{"flat_fuse.mode": "concat"}),
        config("mlp", piecewise={"bins": 1}),
        config("set_transformer", seed_strategy="seeds"),
    ],
)
def test_what_no_network_can_be_built_from_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Architecture).validate_python(written)
