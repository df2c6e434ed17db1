"""What `data.scaler` may say, apart from the scalers themselves, which import numpy."""

from __future__ import annotations

from typing import Literal

ScalerName = Literal["none", "standard", "minmax", "maxabs", "robust", "quantile", "power", "logit"]
