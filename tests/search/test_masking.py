from __future__ import annotations

from typing import Any

import pytest

from search.errors import Place, Problem
from search.masking import (
    MASK,
    hidden_in,
    is_secret,
    masked,
    masked_text,
    masked_word,
    masked_yaml,
    secrets_of,
    unmasked,
)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data.password", "x"),
        ("DB_PASSWD", "x"),
        ("pin.passwd", 1234),
        ("logging.api_key", "x"),
        ("apikey", "x"),
        ("client_secret", "x"),
        ("aws.credentials", "x"),
        ("hf_token", "x"),
        ("authToken", "x"),
    ],
)
def test_what_stands_under_these_keys_is_secret(key: str, value: Any) -> None:
    assert is_secret(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data.n_tokens", 18),
        ("architecture.use_cls_token", True),
        ("architecture.token", 64),
        ("architecture.token_mixing", "conv"),
        ("data.tokenizer", "bpe"),
        ("secret.width", 64),
        ("optimizer.lr", 0.1),
    ],
)
def test_how_models_are_built_is_no_secret(key: str, value: Any) -> None:
    shown = masked({key: value})
    assert shown == {key: value}


CONFIG = {
    "data": {
        "password": "hunter22",
        "url": "postgresql://me:p@ss@host/db",
        "keys": [{"api_key": "k-12345"}],
        "credentials": {"user": "me", "pin": 4711, "none": None},
        "n_tokens": 18,
        "rows": None,
    },
    "fast": True,
}
SHOWN = {
    "data": {
        "password": "***",
        "url": "postgresql://me:***@host/db",
        "keys": [{"api_key": "***"}],
        "credentials": {"user": "***", "pin": "***", "none": None},
        "n_tokens": 18,
        "rows": None,
    },
    "fast": True,
}


def test_a_config_is_shown_without_its_secrets() -> None:
    assert masked(CONFIG) == SHOWN


def test_masking_what_is_masked_changes_nothing() -> None:
    assert masked(SHOWN) == SHOWN


def test_secrets_are_put_back_from_data_that_has_them() -> None:
    assert unmasked(SHOWN, CONFIG) == CONFIG


def test_only_masked_values_are_put_back() -> None:
    shown = {"data": {"password": "***", "rows": 5}, "fast": False}
    assert unmasked(shown, CONFIG) == {
        "data": {"password": "hunter22", "rows": 5},
        "fast": False,
    }


def test_the_keys_whose_secrets_are_lost_are_named() -> None:
    lost = ["password", "url", "credentials.user", "credentials.pin"]
    assert hidden_in(SHOWN) == [f"data.{key}" for key in lost]
    assert hidden_in(CONFIG) == []


def test_secrets_are_found_wherever_they_lie() -> None:
    assert secrets_of(CONFIG) == {"hunter22", "p@ss", "k-12345"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:secret@host:5000/x", "http://me:***@host:5000/x"),
        ("http://me:se/cr@et@host", "http://me:***@host"),
        ("http://me@host", "http://me@host"),
        ("https://ghp_0123456789abcdef@github.com/x", "https://***@github.com/x"),
        ("https://host/x?a=1&X-Amz-Signature=abc", "https://host/x?a=1&X-Amz-Signature=***"),
        ("https://host/x?api_key=abc&b=2", "https://host/x?api_key=***&b=2"),
        ("sqlite:////tmp/mlflow.db", "sqlite:////tmp/mlflow.db"),
        ("mail me@host: see http://host", "mail me@host: see http://host"),
        ("['http://a:b@h', 'x@y']", "['http://a:***@h', 'x@y']"),
    ],
)
def test_addresses_are_shown_without_passwords(text: str, shown: str) -> None:
    assert masked_text(text) == shown


def test_a_traceback_is_shown_without_the_secrets_of_its_config() -> None:
    text = "ConnectionError: me/hunter22 was refused at postgresql://me:p@ss@host/db"
    shown = "ConnectionError: me/*** was refused at postgresql://me:***@host/db"
    assert masked_text(text, secrets_of(CONFIG)) == shown


def test_a_yaml_file_is_shown_without_its_secrets() -> None:
    text = """\
base: {data: {password: abc, "api_key": 'a b', n_tokens: 18}}  # token of my friend
logging:
    hf_token: two words
    url: http://me:pw@host
space: {x: {float: [0, 1]}}
"""
    shown = """\
base: {data: {password: ***, "api_key": ***, n_tokens: 18}}  # token of my friend
logging:
    hf_token: ***
    url: http://me:***@host
space: {x: {float: [0, 1]}}
"""
    assert masked_yaml(text, ["two words"]) == shown


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("data.password=a b", "data.password=***"),
        ("data.url=http://me:pw@host", "data.url=http://me:***@host"),
        ("search.trials=3", "search.trials=3"),
        ("--resume", "--resume"),
    ],
)
def test_a_command_line_is_shown_without_its_secrets(word: str, shown: str) -> None:
    assert masked_word(word) == shown


def test_a_complaint_does_not_repeat_a_secret() -> None:
    message = "expected a whole number, found the text 'hunter22'; write data.api_key=abc"
    assert str(Problem(Place("a.yaml", 1, 2), "data.password", message)) == (
        "a.yaml:1:2: data.password: expected a whole number, found ***"
    )
    assert str(Problem(Place("a.yaml", 1, 2), "data.rows", message)) == (
        "a.yaml:1:2: data.rows: expected a whole number, found the text 'hunter22'; "
        "write data.api_key=***"
    )


def test_the_key_of_a_logger_in_a_list_is_hidden() -> None:
    comet = {"name": "CometLogger", "api_key": "horse-77"}
    config = {"logging": {"loggers": [{"name": "CSVLogger"}, comet]}}
    hidden = [{"name": "CSVLogger"}, {"name": "CometLogger", "api_key": MASK}]
    assert masked(config) == {"logging": {"loggers": hidden}}
    assert secrets_of(config) == {"horse-77"}
    assert unmasked(masked(config), config) == config
