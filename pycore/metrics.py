"""Numbers that judge predictions; unlike losses they need no gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, ShapeError


def predicted_labels(logits: Array) -> npt.NDArray[np.intp]:
    """1 where the logit is positive (one column), else the column of the largest logit.

    Shapes: (batch, 1) or (batch, classes) → (batch,).
    """
    if logits.ndim != 2 or logits.size == 0:
        raise ShapeError(f"logits have shape {logits.shape}; allowed: (batch, classes), not empty")
    if logits.shape[1] == 1:
        return (logits[:, 0] > 0).astype(np.intp)
    return np.asarray(logits.argmax(axis=1))


def accuracy(logits: Array, labels: npt.NDArray[Any]) -> float:
    """The share of rows whose predicted label is right, 0 to 1.

    Shapes: logits (batch, 1) or (batch, classes), labels (batch,) or (batch, 1).
    """
    if labels.size != len(labels) or len(labels) != len(logits):
        raise ShapeError(
            f"accuracy: logits {logits.shape} with labels {labels.shape}; "
            "allowed: one label for each row"
        )
    return float((predicted_labels(logits) == labels.reshape(-1)).mean())
