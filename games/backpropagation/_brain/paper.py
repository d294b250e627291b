"""A trained network as a file and back, and as a PyTorch script. It trains and draws nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from games.backpropagation._brain import plan as plans
from games.backpropagation._brain.plan import MOST_LAYERS, MOST_UNITS, Plan
from games.backpropagation._brain.session import Session
from games.brains import Room
from pycore import brains, export
from pycore.brains import Brain

KINDS = (("nothing", "none"), ("PyTorch", "torch"))
ROOM = Room(MOST_LAYERS, MOST_UNITS, len(brains.FEATURES), batch_norm=True)


class PaperError(ValueError):
    """A network that cannot be written down; the message says why."""


def brain_of(session: Session) -> Brain:
    """The network as it is tested, without dropout, in a copy of its own."""
    plan = replace(session.plan, dropout=0.0)
    rng = np.random.default_rng(0)
    network = plans.network(plan, rng, rng)
    network.copy_from(session.network)
    network.theta[...] = session.theta
    return Brain(network, plan.features, session.loss_name, session.data.classes, plan.scales)


def plan_of(brain: Brain, plan: Plan) -> Plan:
    """The plan, with the build of a brain."""
    return replace(
        plan,
        features=brain.inputs,
        layers=brain.hidden,
        batch_norm=brain.batch_norm,
        loss=brain.loss,
        dropout=0.0,
    )


def file_name(plan: Plan) -> str:
    """What the file is called: brain-xor-2-4-1.npz."""
    return f"brain-{plan.data.lower()}-{'-'.join(map(str, plan.sizes))}.npz"


def pytorch(session: Session) -> str:
    """A PyTorch script with the weights in it, that checks itself on three points.

    Raises:
        PaperError: a weight is not finite.
    """
    x = brains.inputs(session.plan.features, session.data.train[0][:3])
    try:
        script = export.pytorch_script(brain_of(session).network, x)
    except ValueError as error:
        raise PaperError(str(error)) from None
    return f"# inputs, in this order: {', '.join(session.plan.features)}\n{script}"
