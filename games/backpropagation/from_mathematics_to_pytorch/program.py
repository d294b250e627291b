"""The program of the game as text, for PyTorch, and the engine's own beside it. It runs nothing.

`head` makes data, model and optimizer; then a loop repeats its lines in whatever order they were
put. The same text runs on PyTorch and, with other imports, on `pycore.torch`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pycore.arrays import Array

RATE = 0.2
LOOPS = 300
LINES = {
    "zero": "optimizer.zero_grad()",
    "forward": "loss = loss_fn(model(x), y)",
    "backward": "loss.backward()",
    "step": "optimizer.step()",
}
"""The lines of a training loop, by what they do."""
ENGINE = {
    "zero": "network.zero_grad()",
    "forward": "L = loss.forward(network.forward(x), y)",
    "backward": "network.backward(loss.backward())",
    "step": "sgd.step(network.theta, network.grad)",
}
"""The same on the engine's own layers."""
LAYERS = {
    "1-8": "nn.Linear(1, 8)",
    "8-8": "nn.Linear(8, 8)",
    "1-1": "nn.Linear(1, 1)",
    "8-1": "nn.Linear(8, 1)",
}
"""What may stand at the end of the model."""
FITS = "8-1"
TEST = "assert model(x).shape == y.shape"
PYTORCH = "import torch\nfrom torch import nn\n"
HERE = "from pycore import torch\nfrom pycore.torch import nn\n"
"""The imports, there and here; nothing else differs."""


def model(last: str) -> str:
    """The line that makes the model, whose last layer is `last`."""
    return f"model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), {last})"


def head(imports: str, x: Array, y: Array, weights: dict[str, Array]) -> str:
    """Everything before the loop: data, model with its first weights, loss and optimizer."""
    state = "".join(f'    "{name}": {_tensor(array)},\n' for name, array in weights.items())
    return (
        f"{imports}\n"
        f"x = {_tensor(x)}\n"
        f"y = {_tensor(y)}\n"
        f"{model(LAYERS[FITS])}.double()\n"
        f"model.load_state_dict({{\n{state}}})\n"
        f"{TEST}\n"
        f"loss_fn = nn.MSELoss()\n"
        f"optimizer = torch.optim.SGD(model.parameters(), lr={RATE})\n"
    )


def loop(order: Sequence[str], loops: int = LOOPS) -> str:
    """The loop with its lines in that order."""
    lines = "".join(f"    {LINES[name]}\n" for name in order)
    return f"for step in range({loops}):\n{lines}"


def _tensor(array: Array) -> str:
    """A tensor as PyTorch reads it, to the last digit."""
    return f"torch.tensor({np.asarray(array).tolist()}, dtype=torch.float64)"
