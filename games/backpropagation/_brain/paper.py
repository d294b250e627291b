"""A trained network as text and back: PyTorch, JSON for NumPy. It trains and draws nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from games.backpropagation._brain import plan as plans
from games.backpropagation._brain.plan import Plan
from games.backpropagation._brain.session import Session
from pycore import export
from pycore.arrays import Array
from pycore.layers import Sequential
from pycore.normalization import BatchNorm

KINDS = (("nothing", "none"), ("PyTorch", "torch"), ("weights, JSON", "json"))
FORMAT = "train-a-brain 1"


class PaperError(ValueError):
    """A text that holds no network; the message says why."""


def _copy(session: Session) -> Sequential:
    """The network as it is tested, without dropout, in a copy of its own."""
    rng = np.random.default_rng(0)
    network = plans.network(replace(session.plan, dropout=0.0), rng, rng)
    network.theta[...] = session.theta
    norms = [layer for layer in session.network if isinstance(layer, BatchNorm)]
    own = [layer for layer in network if isinstance(layer, BatchNorm)]
    for norm, to in zip(norms, own, strict=True):
        to.running_mean[...], to.running_var[...] = norm.running_mean, norm.running_var
    return network


def pytorch(session: Session) -> str:
    """A PyTorch script with the weights in it, that checks itself on three points.

    Raises:
        PaperError: a weight is not finite.
    """
    x = plans.inputs(session.plan.features, session.data.train[0][:3])
    try:
        script = export.pytorch_script(_copy(session), x)
    except ValueError as error:
        raise PaperError(str(error)) from None
    return f"# inputs, in this order: {', '.join(session.plan.features)}\n{script}"


def as_json(session: Session) -> str:
    """The build and every weight, by PyTorch's names; `numpy.array` reads each list."""
    plan = session.plan
    state = export.state_dict(_copy(session))
    if not all(np.isfinite(array).all() for array in state.values()):
        raise PaperError("A weight is not finite.")
    head = {
        "format": FORMAT,
        "inputs": plan.features,
        "layers": plan.layers,
        "batch norm": plan.batch_norm,
    }
    lines = [
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in head.items()
    ]
    weights = [f"  {json.dumps(n)}: {json.dumps(array.tolist())}" for n, array in state.items()]
    lines.append('"weights": {\n' + ",\n".join(weights) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}"


def read(text: str, plan: Plan) -> tuple[Plan, Array, tuple[Array, ...]]:
    """What `as_json` wrote: the plan with that build, θ, and batch norm's running statistics.

    Raises:
        PaperError: what is wrong with the text.
    """
    try:
        table = json.loads(text)
        if table["format"] != FORMAT:
            raise PaperError(f"The format is not {FORMAT!r}.")
        layers = tuple((int(units), str(name)) for units, name in table["layers"])
        features = tuple(map(str, table["inputs"]))
        batch_norm = bool(table["batch norm"])
        weights = {name: np.array(value, float) for name, value in table["weights"].items()}
    except PaperError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise PaperError(
            "This is no network saved here: paste what “weights, JSON” gave."
        ) from None
    fits = (
        len(layers) <= plans.MOST_LAYERS
        and all(1 <= n <= plans.MOST_UNITS and name in plans.ACTIVATIONS for n, name in layers)
        and 0 < len(set(features)) == len(features)
        and set(features) <= set(plans.FEATURES)
    )
    if not fits or not all(np.isfinite(array).all() for array in weights.values()):
        raise PaperError("The layers, inputs or weights in it are not ones this page can build.")
    plan = replace(plan, layers=layers, features=features, batch_norm=batch_norm, dropout=0.0)
    rng = np.random.default_rng(0)
    network = plans.network(plan, rng, rng)
    try:
        export.load_state_dict(network, weights)
    except ValueError as error:
        raise PaperError(f"The weights do not fit: {error}") from None
    norms = [layer for layer in network if isinstance(layer, BatchNorm)]
    running = tuple(a for norm in norms for a in (norm.running_mean, norm.running_var))
    return plan, network.theta, running
