"""A trained network as a file and back, and as a PyTorch script. It trains and draws nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from games.backpropagation.train_a_brain import plan as plans
from games.backpropagation.train_a_brain.plan import MOST_LAYERS, MOST_UNITS, Plan
from games.backpropagation.train_a_brain.session import Session
from games.brains import Room
from pycore import brains, export
from pycore.brains import Brain

ROOM = Room(MOST_LAYERS, MOST_UNITS, len(brains.FEATURES), batch_norm=True)


FEATURES = {
    "x₁": "x1",
    "x₂": "x2",
    "x₁²": "x1 * x1",
    "x₂²": "x2 * x2",
    "x₁x₂": "x1 * x2",
    "sin x₁": "torch.sin(x1)",
    "sin x₂": "torch.sin(x2)",
}
"""What goes in, as PyTorch computes it."""


class PaperError(ValueError):
    """A network that cannot be written down; the message says why."""


def brain_of(session: Session, brought: Brain | None = None) -> Brain:
    """The network as it is tested, without dropout, in a copy of its own.

    A `brought` one that has not been trained here keeps what its numbers mean.
    """
    plan = replace(session.plan, dropout=0.0)
    rng = np.random.default_rng(0)
    network = plans.network(plan, rng, rng)
    network.copy_from(session.network)
    network.theta[...] = session.trainer.theta
    if brought is not None and session.step == 0:
        return replace(brought, network=network)
    return Brain(network, plan.features, session.trainer.loss_name, session.classes, plan.scales)


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
    return f"brain-{plan.data}-{'-'.join(map(str, plan.sizes))}.npz"


def pytorch(session: Session, brought: Brain | None = None) -> str:
    """A PyTorch script with the weights in it, that checks itself on three points.

    Its `answer` takes points as they stand in the data, and gives the output in the data's units.

    Raises:
        PaperError: a weight is not finite.
    """
    brain = brain_of(session, brought)
    x = brains.inputs(brain.inputs, session.data.train[0][:3])
    try:
        script = export.pytorch_script(brain.network, x)
    except ValueError as error:
        raise PaperError(str(error)) from None
    scaled = [f"(x{i} - {m!r}) / {half!r}" for i, (m, half) in enumerate(brain.scales[:2], 1)]
    given = ", ".join(FEATURES[name] for name in brain.inputs)
    middle, half = brain.scales[2]
    return f'''{script}

def answer(x1, x2):
    """Return the output for points of the data, as tensors: {", ".join(brain.inputs)} go in."""
    x1, x2 = {scaled[0]}, {scaled[1]}
    return network(torch.stack([{given}], dim=-1))[..., 0] * {half!r} + {middle!r}
'''
