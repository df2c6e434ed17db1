from __future__ import annotations

import csv
import statistics

import pytest
from pydantic import BaseModel

from trainables.components.disco_config import Disco
from trainables.docs import disco
from trainables.sculpting_config import Sculpting


@pytest.mark.parametrize("section", [Disco, Sculpting])
def test_the_page_has_every_option_under_its_key(section: type[BaseModel]) -> None:
    text = disco.text()
    for name, field in section.model_fields.items():
        assert f"| `{field.alias or name}` |" in text
        assert field.description


def test_the_measured_table_is_the_mean_of_the_file() -> None:
    with disco.TRADE_OFF.open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if row["lambda"] == "10" and row["of"] == "logit"
        ]
    areas = [float(row["val_auc"]) for row in rows]
    assert len(areas) == 3
    expected = f"| 10 | `logit` | {statistics.mean(areas):.4f} ± {statistics.stdev(areas):.4f} |"
    assert expected in disco.text()


def test_the_front_on_the_page_is_one() -> None:
    with disco.FRONT.open(encoding="utf-8") as file:
        points = [(float(row["val_auc"]), float(row["val_jsd"])) for row in csv.DictReader(file)]
    # rounded to four digits, points may meet in one number but never be worse in both
    assert not any(a > x and j < y for a, j in points for x, y in points)
    assert disco.text().count("(knee)") == 1
