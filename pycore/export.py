"""Networks to PyTorch and back: as a script that runs there, as `.npz`, as a state_dict's arrays.

`tensors` is the one table of names and layouts: every function here reads it. It knows PyTorch's
words, but neither imports nor needs PyTorch.

ONNX is reached from the script, which says how: its writers are large compiled packages that do not
run in a page, and a second table of every layer would be needed to do without them.

Examples:
    >>> from pycore import export
    >>> from pycore.models import mlp
    >>> network = mlp([2, 8, 1], rng=0)
    >>> {name: array.shape for name, array in export.state_dict(network).items()}
    {'0.weight': (8, 2), '0.bias': (8,), '2.weight': (1, 8), '2.bias': (1,)}
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from pycore import activations
from pycore.arrays import Array, numbers
from pycore.attention import MultiHeadAttention
from pycore.convolution import (
    AveragePool2D,
    Conv1D,
    Conv2D,
    ConvTranspose2D,
    Flatten,
    MaxPool2D,
    Upsample2D,
)
from pycore.experts import MixtureOfExperts
from pycore.flows import AffineCoupling
from pycore.gated import SwiGLU
from pycore.graphs import MessagePassing
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Embedding, Residual, Sequential, Skip
from pycore.normalization import BatchNorm, LayerNorm, RMSNorm
from pycore.positions import (
    ALiBi,
    LearnedPositions,
    RelativeBias,
    SinusoidalPositions,
    slopes,
)
from pycore.recurrent import GRU, LSTM, RNN, BiasedGRU, Recurrent
from pycore.training import Minimizer
from pycore.variational import Reparameterize

Tensors = dict[str, list[Array]]


def _outputs_first(W: Array) -> Array:
    """Return a view of (…, n_in, n_out) as (n_out, n_in, …), which is PyTorch's order."""
    return np.moveaxis(W, (-1, -2), (0, 1))


def tensors(layer: Layer) -> Tensors:
    """Return PyTorch's name of each of the layer's own tensors, and what it is made of here.

    A tensor is a list of views of the layer's arrays, to be stacked along the first dimension. The
    views have PyTorch's layout, so that writing into them loads the layer.

    Raises:
        TypeError: the layer has parameters that PyTorch has no module for.
    """
    match layer:
        case Dense() | Conv1D() | Conv2D() | ConvTranspose2D():
            return {"weight": [_outputs_first(layer.W)], "bias": [layer.b]}
        case Embedding() | LearnedPositions():
            return {"weight": [layer.W]}
        case BatchNorm():
            return {
                "weight": [layer.gamma],
                "bias": [layer.beta],
                "running_mean": [layer.running_mean],
                "running_var": [layer.running_var],
            }
        case LayerNorm():
            return {"weight": [layer.gamma], "bias": [layer.beta]}
        case RMSNorm():
            return {"weight": [layer.gamma]}
        case SwiGLU():
            return {
                "gate.weight": [layer.W.T],
                "up.weight": [layer.V.T],
                "down.weight": [layer.W2.T],
            }
        case Recurrent():  # PyTorch adds two biases, of which the engine needs only one
            inner = [np.zeros_like(layer.b)]
            if isinstance(layer, BiasedGRU):  # or a third of the other
                inner = [np.zeros_like(layer.b[: 2 * layer.n]), layer.c]
            return {
                "weight_ih_l0": [layer.Wx.T],
                "weight_hh_l0": [layer.Wh.T],
                "bias_ih_l0": [layer.b],
                "bias_hh_l0": inner,
            }
        case MultiHeadAttention() if _is_pytorchs(layer):
            inputs = (layer.query, layer.key, layer.value)
            return {
                "in_proj_weight": [dense.W.T for dense in inputs],
                "in_proj_bias": [dense.b for dense in inputs],
                "out_proj.weight": [layer.output.W.T],
                "out_proj.bias": [layer.output.b],
            }
        case MultiHeadAttention(bias=None | ALiBi() | RelativeBias() as bias):
            names = ("query", "key", "value", "output")
            parts = (layer.query, layer.key, layer.value, layer.output)
            weights = {f"{name}.weight": [d.W.T] for name, d in zip(names, parts, strict=True)}
            weights |= {f"{name}.bias": [d.b] for name, d in zip(names, parts, strict=True)}
            return weights | ({"by_distance": [bias.W]} if isinstance(bias, RelativeBias) else {})
        case MessagePassing():
            own = {"own.weight": [layer.W.T], "own.bias": [layer.b]}
            return own | {"heard.weight": [layer.U.T]}
        case _ if _container(layer):
            return {}
        case _ if layer.size() == 0:
            return {}
    raise TypeError(f"export: PyTorch has no module for {layer}")


def _all_tensors(layer: Layer, prefix: str = "") -> Tensors:
    """Return the tensors of the layer and of those it is made of, by PyTorch's full names."""
    found = {prefix + name: views for name, views in tensors(layer).items()}
    if not isinstance(layer, MultiHeadAttention):  # whose children are in its own tensors
        for i, child in enumerate(layer.children()):
            found |= _all_tensors(child, f"{prefix}{i}.")
    return found


def state_dict(network: Layer | Minimizer) -> dict[str, Array]:
    """Return copies of all weights by the names and in the layout of PyTorch's `state_dict`.

    The names are those of the modules that `pytorch_script` writes; for plain chains of layers they
    are those of `nn.Sequential`: "0.weight", "0.bias", "2.weight" …

    Of a training, such as a `Trainer`, they are the weights that it is tested with: the average,
    where the optimizer is schedule-free, which the network itself has not.

    Raises:
        TypeError: PyTorch has no module for one of the layers.
    """
    if isinstance(network, Minimizer):
        with network.tested() as tested:
            return state_dict(tested)
    return {name: np.concatenate(views) for name, views in _all_tensors(network).items()}


def load_state_dict(network: Layer, state: Mapping[str, npt.ArrayLike]) -> None:
    """Write a PyTorch `state_dict`'s arrays into the network; `num_batches_tracked` is passed over.

    For a module on another device or with gradients, give {name: tensor.numpy(force=True)}.

    Raises:
        ValueError: a name is missing or strange, a shape differs, something else than real numbers
            is held, or a GRU's second bias needs a BiasedGRU; the network is unchanged.
    """
    arrays = {
        name: np.asarray(array)
        for name, array in state.items()
        if not name.endswith("num_batches_tracked")
    }
    wanted = _all_tensors(network)
    for said, names in (("lacks", wanted.keys() - arrays), ("has", arrays.keys() - wanted)):
        if names:
            raise ValueError(
                f"state_dict {said} {', '.join(sorted(names))}; allowed: {', '.join(wanted)}"
            )
    for name, views in wanted.items():
        shape = (sum(len(view) for view in views), *views[0].shape[1:])
        if arrays[name].shape != shape:
            raise ValueError(f"state_dict: {name} has shape {arrays[name].shape}; allowed: {shape}")
        if arrays[name].dtype.kind not in "fiu":
            raise ValueError(
                f"state_dict: {name} holds {arrays[name].dtype}; allowed: real numbers"
            )
    _add_second_biases(network, arrays)
    for name, views in wanted.items():
        rest: npt.NDArray[Any] = arrays[name]
        for view in views:
            view[...], rest = rest[: len(view)], rest[len(view) :]


def _add_second_biases(layer: Layer, arrays: dict[str, npt.NDArray[Any]], prefix: str = "") -> None:
    """Add the second bias of every recurrent layer to its first, where it has the same effect."""
    if isinstance(layer, Recurrent):
        second = arrays[f"{prefix}bias_hh_l0"].copy()
        if isinstance(layer, BiasedGRU):
            second[2 * layer.n :] = 0  # stays where it is
        elif isinstance(layer, GRU) and second[2 * layer.n :].any():
            raise ValueError(
                f"state_dict: the last third of {prefix}bias_hh_l0 stands inside PyTorch's reset "
                "gate, where the engine's GRU has no bias; allowed: zeros, or a BiasedGRU"
            )
        arrays[f"{prefix}bias_ih_l0"] = arrays[f"{prefix}bias_ih_l0"] + second
    for i, child in enumerate(layer.children()):
        _add_second_biases(child, arrays, f"{prefix}{i}.")


def npz(network: Layer | Minimizer) -> bytes:
    """Return the bytes of an `.npz` file with the `state_dict` of a network or a training."""
    file = io.BytesIO()
    np.savez_compressed(file, **state_dict(network))  # type: ignore[arg-type]
    return file.getvalue()


def load_npz(network: Layer, file: str | Path | bytes | BinaryIO) -> None:
    """Read what `npz` wrote, or what NumPy saved of a PyTorch `state_dict`, into the network.

    The file is open for reading bytes, or its name, or its bytes themselves.

    Raises:
        ValueError: as `load_state_dict`, or the file is no `.npz`, or a damaged one.
        TypeError: it is something else than a file.
    """
    try:
        arrays = arrays_in(file)
    except ValueError:
        raise ValueError(
            "load_npz: damaged, or not an .npz file; allowed: what `npz` or NumPy's `savez` wrote"
        ) from None
    load_state_dict(network, arrays)


def arrays_in(file: str | Path | bytes | BinaryIO) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an `.npz` by their names, whatever state the file is in.

    Raises:
        ValueError: it is none, or it is damaged.
        TypeError: it is something else than a file.
    """
    if isinstance(file, str | Path):
        data = Path(file).read_bytes()
    elif isinstance(file, bytes):
        data = file
    elif hasattr(file, "read"):
        data = file.read()
    else:
        raise TypeError(f"got {file!r}; allowed: a file open for reading bytes, or its name")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return dict(arrays)
    except Exception as error:  # zlib.error, BadZipFile and whatever else comes of damage
        raise ValueError(f"no .npz: {error}") from None


# What PyTorch has, but not for arrays with channels last, or not as one module with one result.
_CHANNELS_LAST = '''
class ChannelsLast:
    """Lets a module of PyTorch's, which wants channels first, take arrays with channels last."""

    def forward(self, x):
        return super().forward(x.movedim(-1, 1)).movedim(1, -1)
'''
_STATES = '''
class States:
    """Lets a recurrent module give only its states, one for each item of the sequence."""

    def forward(self, x):
        return super().forward(x)[0]
'''
_OWN_MODULES = {
    "BatchNorm": '''
class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation of the last dimension, however many come before it."""

    def forward(self, x):
        return super().forward(x.reshape(-1, x.shape[-1])).reshape(x.shape)
''',
    "Positions": '''
class Positions(nn.Embedding):
    """Adds a learned vector for each place in the sequence."""

    def forward(self, x):
        return x + self.weight[: x.shape[1]]
''',
    "Residual": '''
class Residual(nn.Sequential):
    """x + f(x)."""

    def forward(self, x):
        return x + super().forward(x)
''',
    "Skip": '''
class Skip(nn.Sequential):
    """x, and beside it f(x)."""

    def forward(self, x):
        return torch.cat([x, super().forward(x)], dim=-1)
''',
    "SinusoidalPositions": '''
class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of the place in the sequence."""

    def forward(self, x):
        time, n = x.shape[-2:]
        i = torch.arange(n, dtype=torch.float64)
        angle = torch.arange(time)[:, None] / 10000.0 ** ((i - i % 2) / n)
        return x + torch.where(i % 2 == 0, angle.sin(), angle.cos()).to(x.dtype)
''',
    "Reparameterize": '''
class Reparameterize(nn.Module):
    """From means and log variances, side by side: in training a sample, else the means."""

    def forward(self, x):
        mean, s = x.chunk(2, 1)
        return mean + (s / 2).exp() * torch.randn_like(mean) if self.training else mean
''',
    "AffineCoupling": '''
class AffineCoupling(nn.Sequential):
    """Columns a as they are; columns b scaled and shifted by what the network makes of a."""

    def __init__(self, network, a, b, limit):
        super().__init__(network)
        self.a, self.b, self.limit = a, b, limit

    def forward(self, x):
        raw, t = self[0](x[:, self.a]).chunk(2, 1)
        y = x.clone()
        y[:, self.b] = x[:, self.b] * (self.limit * torch.tanh(raw / self.limit)).exp() + t
        return y
''',
    "MixtureOfExperts": '''
class MixtureOfExperts(nn.Sequential):
    """The k experts that the gate prefers, weighed by the softmax of its logits for them."""

    def __init__(self, gate, *experts, k):
        super().__init__(gate, *experts)
        self.k = k

    def forward(self, x):
        gate, *experts = self
        best = gate(x).topk(self.k)
        g = torch.zeros(len(x), len(experts), dtype=x.dtype)
        g = g.scatter(1, best.indices, best.values.softmax(1))
        return sum(g[:, e, None] * expert(x) for e, expert in enumerate(experts))
''',
    "MessagePassing": '''
class MessagePassing(nn.Module):
    """What each node is, and the sum, mean or maximum of what it hears along the edges."""

    def __init__(self, n_in, n_out, how, edges):
        super().__init__()
        self.own, self.heard = nn.Linear(n_in, n_out), nn.Linear(n_in, n_out, bias=False)
        self.how, self.edges = how, torch.tensor(edges, dtype=torch.int64).reshape(-1, 2)

    def forward(self, x):
        start, end = self.edges.T
        places = end[:, None].expand(-1, x.shape[1])
        heard = torch.zeros_like(x)
        heard = heard.scatter_reduce(0, places, x[start], self.how, include_self=False)
        return self.own(x) + self.heard(heard)
''',
    "Attention": '''
class Attention(nn.Module):
    """Attention from x to x, with what nn.MultiheadAttention does not have.

    Neighbouring heads of queries may share keys and values; queries and keys may be turned by their
    places (rotary: True, or the frequencies), and each head's scores changed by distance (slopes:
    ALiBi; reach: learned).
    """

    def __init__(self, n, heads, kv_heads, causal, rotary=False, slopes=None, reach=None):
        super().__init__()
        self.d, self.causal, self.rotary, self.reach = n // heads, causal, rotary, reach
        self.slopes = None if slopes is None else torch.tensor(slopes, dtype=torch.float64)
        self.query, self.output = nn.Linear(n, n), nn.Linear(n, n)
        self.key, self.value = (nn.Linear(n, kv_heads * self.d) for _ in range(2))
        if reach is not None:
            self.by_distance = nn.Parameter(torch.zeros(heads, 2 * reach + 1))

    def turned(self, x):
        t, pair = torch.arange(x.shape[2]), torch.arange(0, self.d, 2, dtype=torch.float64)
        w = 10000.0 ** -(pair / self.d)
        if self.rotary is not True:
            w = torch.tensor(self.rotary, dtype=torch.float64)
        angle = t[:, None] * w
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([cos * a - sin * b, sin * a + cos * b], -1).flatten(-2)

    def forward(self, x):
        q, k, v = (
            part(x).unflatten(2, (-1, self.d)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        if self.rotary:
            q, k = self.turned(q), self.turned(k)
        t = torch.arange(x.shape[1])
        distance = t - t[:, None]
        added = torch.zeros(distance.shape, dtype=x.dtype)
        if self.slopes is not None:
            added = -(self.slopes[:, None, None] * distance.abs()).to(x.dtype)
        if self.reach is not None:
            added = self.by_distance[:, distance.clamp(-self.reach, self.reach) + self.reach]
        if self.causal:
            added = added.masked_fill(distance > 0, -torch.inf)
        y = nn.functional.scaled_dot_product_attention(q, k, v, added, enable_gqa=True)
        return self.output(y.transpose(1, 2).flatten(2))
''',
    "SwiGLU": '''
class SwiGLU(nn.Module):
    """Two layers side by side, of which one, through SiLU, opens and shuts the other."""

    def __init__(self, n, n_hidden):
        super().__init__()
        self.gate, self.up = (nn.Linear(n, n_hidden, bias=False) for _ in range(2))
        self.down = nn.Linear(n_hidden, n, bias=False)

    def forward(self, x):
        return self.down(nn.functional.silu(self.gate(x)) * self.up(x))
''',
    "SelfAttention": '''
class SelfAttention(nn.MultiheadAttention):
    """Attention from x to x; with causal=True no item sees a later one."""

    def __init__(self, n, heads, causal):
        super().__init__(n, heads, batch_first=True)
        self.causal = causal

    def forward(self, x):
        later = torch.ones(x.shape[1], x.shape[1]).triu(1).bool() if self.causal else None
        return super().forward(x, x, x, attn_mask=later, need_weights=False)[0]
''',
}
_ADAPTED = {
    **dict.fromkeys(
        ("Conv1d", "Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "Upsample"),
        ("ChannelsLast", _CHANNELS_LAST),
    ),
    **dict.fromkeys(("RNN", "LSTM", "GRU"), ("States", _STATES)),
}
_SAME = (
    activations.GELU,
    activations.Identity,
    activations.ReLU,
    activations.SELU,
    activations.SiLU,
    activations.Sigmoid,
    activations.Tanh,
    Flatten,
)
"""Layers that PyTorch has by the same name, and that take no arguments."""


def _is_pytorchs(layer: MultiHeadAttention) -> bool:
    """Tell whether nn.MultiheadAttention has all that this one does."""
    return layer.kv_heads == layer.heads and layer.rotary is None and layer.bias is None


def _module(layer: Layer) -> str:
    """Return the PyTorch expression that makes a layer without children."""
    match layer:
        case Dense():
            return f"nn.Linear({layer.n_in}, {layer.n_out})"
        case Conv1D() | Conv2D():
            w, (*_, c_in, c_out) = layer.windows, layer.W.shape
            return (
                f"{type(layer).__name__[:-1]}d({c_in}, {c_out}, {w.window[0]}, stride={w.stride}, "
                f"padding={w.padding}, dilation={w.dilation})"
            )
        case ConvTranspose2D():
            w, (*_, c_out, c_in) = layer.windows, layer.W.shape
            return (
                f"ConvTranspose2d({c_in}, {c_out}, {w.window[0]}, stride={w.stride}, "
                f"padding={w.padding})"
            )
        case MaxPool2D() | AveragePool2D():
            w, name = layer.windows, "MaxPool2d" if isinstance(layer, MaxPool2D) else "AvgPool2d"
            return f"{name}({w.window[0]}, stride={w.stride}, padding={w.padding})"
        case Upsample2D():
            return f"Upsample(scale_factor={layer.k})"
        case BatchNorm():
            return f"BatchNorm({layer.n}, eps={layer.eps}, momentum={layer.momentum})"
        case LayerNorm():
            return f"nn.LayerNorm({layer.n}, eps={layer.eps})"
        case RMSNorm():
            return f"nn.RMSNorm({layer.n}, eps={layer.eps})"
        case SwiGLU():
            return f"SwiGLU({layer.n}, {layer.n_hidden})"
        case Embedding():
            return f"nn.Embedding({layer.W.shape[0]}, {layer.W.shape[1]})"
        case LearnedPositions():
            return f"Positions({layer.W.shape[0]}, {layer.W.shape[1]})"
        case RNN() | LSTM() | GRU():
            name = type(layer).__name__.removeprefix("Biased")
            return f"{name}({layer.n_in}, {layer.n}, batch_first=True)"
        case MultiHeadAttention() if _is_pytorchs(layer):
            return f"SelfAttention({layer.n}, {layer.heads}, causal={layer.causal})"
        case MultiHeadAttention(bias=None | ALiBi() | RelativeBias() as bias):
            turned: bool | list[float] = layer.rotary is not None
            if layer.rotary is not None and layer.rotary.frequencies is not None:
                turned = layer.rotary.frequencies.tolist()
            options = f"causal={layer.causal}, rotary={turned}"
            if isinstance(bias, ALiBi):
                options += f", slopes={slopes(layer.heads).tolist()}"
            if isinstance(bias, RelativeBias):
                options += f", reach={bias.reach}"
            return f"Attention({layer.n}, {layer.heads}, {layer.kv_heads}, {options})"
        case MessagePassing():
            how = {"sum": "sum", "mean": "mean", "max": "amax"}[layer.aggregate]
            n_in, n_out = layer.W.shape
            return f'MessagePassing({n_in}, {n_out}, "{how}", {layer.edges.tolist()})'
        case SinusoidalPositions() | Reparameterize():
            return f"{type(layer).__name__}()"
        case Dropout():
            return f"nn.Dropout({layer.p})"
        case activations.LeakyReLU() | activations.ELU():
            return f"nn.{type(layer).__name__}({layer.alpha})"
        case activations.TanhGELU():
            return 'nn.GELU("tanh")'
        case activations.Softplus():
            return "nn.Softplus(threshold=40)  # beyond it PyTorch takes x itself"
        case activations.Softmax() | activations.LogSoftmax():
            return f"nn.{type(layer).__name__}(-1)"
        case _ if type(layer) in _SAME:
            return f"nn.{type(layer).__name__}()"
    raise TypeError(f"export: PyTorch has no module for {layer}")


def _container(layer: Layer) -> list[str] | None:
    """Return name and options of a module made of its layers alone, or None for other layers."""
    match layer:
        case Sequential():
            return ["nn.Sequential"]
        case Residual():
            return ["Residual"]
        case Skip() if layer.open:
            return ["Skip"]
        case AffineCoupling():
            a, b = layer.a.tolist(), layer.b.tolist()
            return ["AffineCoupling", f"a={a}", f"b={b}", f"limit={layer.limit}"]
        case MixtureOfExperts():
            return ["MixtureOfExperts", f"k={layer.k}"]
    return None


def _modules(layer: Layer) -> list[str]:
    """Return the lines of the PyTorch expression that makes the layer."""
    container = _container(layer)
    if container is None:
        expression, *comment = _module(layer).split("  #")
        return ["  #".join([f"{expression},", *comment])]
    name, *options = container
    inside = [line for child in layer.children() for line in _modules(child)]
    inside += [f"{option}," for option in options]
    return [f"{name}(", *(f"    {line}" for line in inside), "),"]


def _own_modules(text: str) -> str:
    """Return the definitions of the modules that the text uses and PyTorch does not have."""
    definitions = [source for name, source in _OWN_MODULES.items() if f" {name}(" in text]
    for name, (adapter, source) in _ADAPTED.items():
        if f" {name}(" in text:
            definitions += [source] * (source not in definitions)
            definitions.append(f"\nclass {name}({adapter}, nn.{name}):\n    pass\n")
    return "".join(f"\n{definition}" for definition in definitions) + "\n" * bool(definitions)


def _literal(array: npt.NDArray[Any]) -> str:
    """Return the array as nested lists, each number with the digits that give it back exactly."""
    if array.ndim == 0:
        return str(array[()])
    return f"[{', '.join(map(_literal, array))}]"


def _rows(array: npt.NDArray[Any], indent: str) -> str:
    """Return the array as nested lists, each row of a matrix on a line of its own."""
    if array.ndim < 2:
        return _literal(array)
    return "\n".join(["[", *(f"{indent}    {_literal(row)}," for row in array), f"{indent}]"])


def _table(state: Mapping[str, Array]) -> str:
    """Return the weights as a Python dictionary."""
    lines = [f'    "{name}": {_rows(array, "    ")},' for name, array in state.items()]
    return "\n".join(["{", *lines, "}"])


def pytorch_script(network: Layer | Minimizer, x: npt.ArrayLike, weights: str | None = None) -> str:
    """Return a Python script that makes the network in PyTorch and holds it against the engine.

    Imported, it gives `network`, in eval mode; run, it fails unless PyTorch answers x as the engine
    does. Arrays are laid out as here: channels last, sequences (batch, time, features).

    Args:
        network: layers that PyTorch has modules for, or the training of such, as in `state_dict`.
        x: an example, (batch, …); a few rows are enough.
        weights: the name of a file beside the script, to be written with `npz`; without one the
            weights stand in the script.

    Raises:
        TypeError: PyTorch has no module for one of the layers.
        ValueError: a weight is NaN or infinite.
    """
    if isinstance(network, Minimizer):
        with network.tested() as tested:
            return pytorch_script(tested, x, weights)
    dtype = network.theta.dtype
    first = next(layer for layer in network.walk() if not any(layer.children()))
    x = numbers("pytorch_script: x", x)
    x = x if isinstance(first, Embedding) else x.astype(dtype)
    state = state_dict(network)
    for name, array in state.items():
        if not np.isfinite(array).all():
            raise ValueError(f"export: {name} holds NaN or infinity; allowed: finite weights")
    y = network.forward(x)
    modules = "\n".join(_modules(network)).removesuffix(",")
    if weights is None:
        table = f"weights = {_table(state)}"
    else:
        table = f"weights = np.load(Path(__file__).with_name({json.dumps(weights)}))"
    kind = f"torch.{dtype}" if x.dtype.kind == "f" else "torch.int64"
    tolerance = 1e-10 if dtype == np.float64 else 1e-5
    shapes = [f"({', '.join(['batch', *map(str, a.shape[1:])])})" for a in (x, y)]
    imports = "" if weights is None else "from pathlib import Path\n\nimport numpy as np\n"
    return f'''"""A network trained on Neuronauts, in PyTorch: run this file to see both agree.

Shapes: {shapes[0]} → {shapes[1]}.
"""

{imports}import torch
from torch import nn
{_own_modules(modules)}
network = {modules}.to(torch.{dtype})

{table}
network.load_state_dict(
    {{name: torch.tensor(weights[name], dtype=torch.{dtype}) for name in weights}}
)
network.eval()

if __name__ == "__main__":
    x = torch.tensor({_rows(x, "    ")}, dtype={kind})
    expected = torch.tensor({_rows(y, "    ")}, dtype=torch.{dtype})
    with torch.no_grad():
        y = network(x)
    torch.testing.assert_close(y, expected, rtol={tolerance}, atol={tolerance})
    print(f"PyTorch agrees; the largest difference is {{(y - expected).abs().max():.1e}}.")
    # For ONNX (packages onnx, onnxscript): torch.onnx.export(network, (x,), "network.onnx")
'''
