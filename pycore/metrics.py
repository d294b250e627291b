"""Numbers that judge predictions; unlike losses they need no gradient.

Examples:
    >>> from pycore.metrics import accuracy, confusion_matrix, f1
    >>> logits, labels = [[3.0], [2.0], [1.0], [-1.0], [-2.0]], [1, 0, 1, 1, 0]
    >>> accuracy(logits, labels), round(f1(logits, labels), 3)
    (0.6, 0.667)
    >>> confusion_matrix(logits, labels)
    array([[1, 1],
           [1, 2]])
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, Integers, ShapeError, numbers, told, within


def predicted_labels(logits: Array, threshold: float = 0.0) -> npt.NDArray[np.intp]:
    """1 where the logit is above the threshold (one column), else the column of the largest.

    A row with NaN says nothing: its label is −1. Numbers between 0 and 1 may be logits or
    probabilities, and nothing in them tells which. In several columns the largest is the same one
    either way; probabilities in one column need a threshold of 0.5.

    Shapes: (batch, 1) or (batch, classes) → (batch,).

    Raises:
        ShapeError: the logits have another shape, or there are none.
        ValueError: the threshold is no finite number, or is given for several columns.
    """
    logits = numbers("logits", logits)
    within("predicted_labels", -math.inf, threshold=threshold)
    if logits.ndim != 2 or logits.size == 0:
        raise ShapeError(f"logits have shape {logits.shape}; allowed: (batch, classes), not empty")
    if threshold and logits.shape[1] > 1:
        raise ValueError(
            f"a threshold of {threshold:g} for {logits.shape[1]} columns; allowed: none, for the "
            "largest is taken"
        )
    found = logits[:, 0] > threshold if logits.shape[1] == 1 else logits.argmax(axis=1)
    return np.where(np.isnan(logits).any(axis=1), -1, found)


def accuracy(logits: Array, labels: npt.NDArray[Any], threshold: float = 0.0) -> float:
    """The share of rows whose predicted label is right, 0 to 1; probabilities: `predicted_labels`.

    Shapes: logits (batch, 1) or (batch, classes), labels (batch,) or (batch, 1) → one number.

    Raises:
        ShapeError: the logits have another shape, or there is not one label for each row.
        ValueError: a label is no class: the classes are 0 and 1 for one column, else the columns.
    """
    found, labels, _ = _judged("accuracy", logits, labels, threshold)
    return float((found == labels).mean())


def _judged(
    who: str, logits: Array, labels: npt.NDArray[Any], threshold: float
) -> tuple[Integers, Integers, int]:
    """Return what was found in each row, what is right, and how many classes there are."""
    logits, labels = numbers(f"{who}: logits", logits), numbers(f"{who}: labels", labels)
    if not logits.ndim or labels.shape not in ((len(logits),), (len(logits), 1)):
        raise ShapeError(
            f"{who}: logits {logits.shape} with labels {labels.shape}; "
            "allowed: one label for each row"
        )
    found, labels = predicted_labels(logits, threshold), labels.reshape(-1)
    classes = max(2, logits.shape[1])
    fits = (labels >= 0) & (labels < classes) & (labels == np.floor(labels))
    allowed = f"whole numbers from 0 to {classes - 1}"
    if not fits.all():
        row = int(np.argmin(fits))
        raise ValueError(
            f"{who}: the label of row {row} is {told(labels[row])}; allowed: {allowed}"
        )
    return found, labels.astype(np.intp), classes


def confusion_matrix(logits: Array, labels: npt.NDArray[Any], threshold: float = 0.0) -> Integers:
    """How many rows of each class (down) were taken for each class (across).

    The right ones stand on the diagonal. A row with NaN was taken for none.

    Shapes: logits (batch, 1) or (batch, classes), labels (batch,) or (batch, 1) →
    (classes, classes), two for one column.

    Raises:
        ShapeError, ValueError: as `accuracy`.
    """
    return _counted("confusion_matrix", logits, labels, threshold)


def _counted(who: str, logits: Array, labels: npt.NDArray[Any], threshold: float) -> Integers:
    """Return the matrix, or refuse what the caller named `who` was given."""
    found, labels, classes = _judged(who, logits, labels, threshold)
    counts = np.zeros((classes, classes), np.intp)
    said = found >= 0
    np.add.at(counts, (labels[said], found[said]), 1)
    return counts


def f1(logits: Array, labels: npt.NDArray[Any], threshold: float = 0.0) -> float:
    """2 · right / (found + there), 0 to 1: low where a class is missed, or seen where it is not.

    It is the harmonic mean of precision, right / found, and recall, right / there. Of one column it
    is that of class 1; of more the mean over the classes that are found or there. 1 where none is.

    Shapes: logits (batch, 1) or (batch, classes), labels (batch,) or (batch, 1) → one number.

    Source: van Rijsbergen, Information retrieval, 1979.

    Raises:
        ShapeError, ValueError: as `accuracy`.
    """
    counts = _counted("f1", logits, labels, threshold)
    there = np.bincount(np.asarray(labels).reshape(-1).astype(np.intp), minlength=len(counts))
    either = counts.sum(axis=0) + there
    scores = 2 * counts.diagonal() / np.maximum(either, 1)
    kept = np.arange(len(counts)) == 1 if np.shape(logits)[1] == 1 else either > 0
    return float(np.where(either > 0, scores, 1)[kept].mean())


def intersection_over_union(
    logits: Array, masks: npt.NDArray[Any], threshold: float = 0.0
) -> float:
    """The pixels in both predicted and true area, over those in either, mean over the pictures.

    Predicted are those whose logit is above the threshold; of probabilities, it is 0.5.

    Shapes: logits, masks of 0 and 1 (batch, …), the same → one number, 0 to 1; 1 where both areas
    are empty.

    Source: Jaccard, The distribution of the flora in the alpine zone, 1912.

    Raises:
        ShapeError: the two differ in shape, or hold nothing.
        ValueError: a mask holds something else than 0 and 1.
    """
    who = "intersection_over_union"
    within(who, -math.inf, threshold=threshold)
    logits, masks = numbers(f"{who}: logits", logits), numbers(f"{who}: masks", masks)
    if logits.shape != masks.shape or logits.size == 0:
        raise ShapeError(
            f"{who}: logits {logits.shape} with masks {masks.shape}; "
            "allowed: the same shape, not empty"
        )
    strange = masks[(masks != 0) & (masks != 1)]
    if strange.size:
        raise ValueError(f"{who}: a mask holds {told(strange[0])}; allowed: 0 and 1")
    ours, true = (np.reshape(a, (len(a), -1)) for a in (logits > threshold, masks > 0))
    both, either = (ours & true).sum(axis=1), (ours | true).sum(axis=1)
    return float(np.where(either > 0, both / np.maximum(either, 1), 1).mean())
