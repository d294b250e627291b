"""Recompute the reference numbers with PyTorch: `python -m tests.oracle.make_reference`.

Needs PyTorch; the tests that read the files do not. Every layer, loss and optimizer that the engine
defines is written here once more, in PyTorch's own words: forward only, for the gradients are those
of its tape. The inputs are the engine's examples. A new layer gets its line in `LAYERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the name PyTorch's own documentation uses
from torch import Tensor
from torch.func import functional_call

from pycore.arrays import Array
from pycore.layer import Layer
from pycore.losses import Loss
from pycore.optimizers import Optimizer
from tests.oracle.published import Lion, Muon, ScheduleFree, Sophia
from tests.oracle.reference import (
    MORE,
    REFERENCE,
    SEEDS,
    STEPS,
    flat,
    layer_case,
    run_case,
    valley,
    valley_case,
    valley_curvature,
)
from tests.unit.pycore.found import subclasses

Weights = dict[str, Tensor]
MakeOptimizer = Callable[[Any, list[Tensor]], torch.optim.Optimizer]


def nchw(x: Tensor) -> Tensor:
    """Channels first, as PyTorch has them."""
    return x.permute(0, 3, 1, 2).contiguous()


def nhwc(x: Tensor) -> Tensor:
    """Channels last, as the engine has them."""
    return x.permute(0, 2, 3, 1)


def sliding(layer: Any) -> dict[str, int]:
    """Stride, padding and dilation by PyTorch's names."""
    windows = layer.windows
    return {"stride": windows.stride, "padding": windows.padding, "dilation": windows.dilation}


def coupling(layer: Any, x: Tensor, p: list[Tensor]) -> Tensor:
    """One half of the columns as they are, the other scaled and shifted by what the first says."""
    W1, b1, W2, b2 = p
    raw, t = (torch.tanh(x[:, layer.a.copy()] @ W1 + b1) @ W2 + b2).chunk(2, 1)
    s = layer.limit * torch.tanh(raw / layer.limit)
    y = x.clone()
    y[:, layer.b.copy()] = x[:, layer.b.copy()] * s.exp() + t
    return y


def encoder_decoder(layer: Any, x: Tensor, p: Weights) -> Tensor:
    """Two GRUs, the second from where the first ends; with attention, over the first's states."""
    source, target = x[:, : layer.n_source], x[:, layer.n_source :]
    words_in, words_out = F.embedding(source, p["0.W"]), F.embedding(target, p["2.W"])
    states, end = unrolled(torch.nn.GRU, layer.encoder, words_in, part(p, 1))
    h, _ = unrolled(torch.nn.GRU, layer.decoder, words_out, part(p, 3), end)
    *mix, W, b = list(p.values())[8:]
    if mix:
        seen = (source != 0)[:, None, :]
        c = F.scaled_dot_product_attention(h, states, states, attn_mask=seen)
        h = torch.tanh(torch.cat([h, c], 2) @ mix[0] + mix[1])
    return h @ W + b


def message_passing(layer: Any, x: Tensor, p: Weights) -> Tensor:
    """Messages gathered edge by edge; who hears nothing keeps its 0."""
    start, end = torch.tensor(layer.edges).T
    how = {"sum": "sum", "mean": "mean", "max": "amax"}[layer.aggregate]
    places = end[:, None].expand(-1, x.shape[1])
    heard = torch.zeros_like(x).scatter_reduce(0, places, x[start], how, include_self=False)
    return x @ p["W"] + heard @ p["U"] + p["b"]


def mixture(layer: Any, x: Tensor, p: list[Tensor]) -> Tensor:
    """Every expert on every row, weighed by the softmax of the k largest logits, 0 elsewhere."""
    largest = (x @ p[0] + p[1]).topk(layer.k)
    g = torch.zeros(len(x), len(layer.experts), dtype=x.dtype)
    g = g.scatter(1, largest.indices, largest.values.softmax(1))
    y = torch.stack([x @ W + b for W, b in zip(p[2::2], p[3::2], strict=True)], 1)
    return torch.einsum("be,ben->bn", g, y)


def relative_bias(layer: Any, x: Tensor, p: Weights) -> Tensor:
    """One learnt number for each head and distance, the far ones shared."""
    places = torch.arange(x.shape[3])[None] - torch.arange(x.shape[2])[:, None]
    return x + p["W"][:, places.clamp(-layer.reach, layer.reach) + layer.reach]


def pooling(layer: Any) -> dict[str, int]:
    """Window, stride and padding by PyTorch's names."""
    windows = layer.windows
    return {"kernel_size": windows.window[0], "stride": windows.stride, "padding": windows.padding}


def part(p: Weights, child: int) -> Weights:
    """The weights of one child, by their names there."""
    start = f"{child}."
    return {name.removeprefix(start): W for name, W in p.items() if name.startswith(start)}


def unrolled(
    kind: type[torch.nn.RNNBase], layer: Any, x: Tensor, p: Weights, start: Tensor | None = None
) -> tuple[Tensor, Any]:
    """Every state and the last, of PyTorch's module with our weights; its second bias is 0 or c."""
    module = kind(layer.n_in, layer.n, batch_first=True).double()
    weights = {
        "weight_ih_l0": p["Wx"].T,
        "weight_hh_l0": p["Wh"].T,
        "bias_ih_l0": p["b"],
        "bias_hh_l0": torch.zeros_like(p["b"]),
    }
    if "c" in p:
        weights["bias_hh_l0"] = torch.cat([torch.zeros(2 * layer.n).double(), p["c"]])
    states: tuple[Tensor, Any] = functional_call(module, weights, (x, start))
    return states


def projections(p: list[Tensor]) -> tuple[Any, ...]:
    """The weights of query, key, value and output as PyTorch's function takes them."""
    in_weight, in_bias = torch.cat([W.T for W in p[0:6:2]]), torch.cat(p[1:6:2])
    return in_weight, in_bias, None, None, False, 0.0, p[6].T, p[7]


def turned(x: Tensor) -> Tensor:
    """Each pair of numbers as a complex one, times e^(i angle)."""
    angle = torch.outer(
        torch.arange(x.shape[2]), 10000.0 ** (-torch.arange(0, x.shape[3], 2).double() / x.shape[3])
    )
    pairs = torch.view_as_complex(x.unflatten(3, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angle), angle)).flatten(3)


def multi_head(layer: Any, x: Tensor, p: Weights) -> Tensor:
    """PyTorch's own; with grouped queries or rotary positions, its product of the heads."""
    if layer.kv_heads == layer.heads and layer.rotary is None:
        y: Tensor = F.multi_head_attention_forward(
            *[x.transpose(0, 1)] * 3,
            layer.n,
            layer.heads,
            *projections(list(p.values())),
            need_weights=False,
            is_causal=True,
            attn_mask=torch.ones(x.shape[1], x.shape[1]).triu(1).bool(),
        )[0]
        return y.transpose(0, 1)
    d = layer.n // layer.heads
    q, k, v = (
        F.linear(x, p[f"{i}.W"].T, p[f"{i}.b"]).unflatten(2, (-1, d)).transpose(1, 2)
        for i in range(3)
    )
    if layer.rotary is not None:
        q, k = turned(q), turned(k)
    found = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    return F.linear(found.transpose(1, 2).flatten(2), p["3.W"].T, p["3.b"])


def waves(time: int, n: int) -> Tensor:
    """Sines and cosines, place by place."""
    table = torch.empty(time, n, dtype=torch.double)
    for t in range(time):
        for i in range(n):
            angle = t / 10000 ** (2 * (i // 2) / n)
            table[t, i] = math.sin(angle) if i % 2 == 0 else math.cos(angle)
    return table


def transformer_block(layer: Any, x: Tensor, p: list[Tensor]) -> Tensor:
    """PyTorch's encoder layer with our weights, given in the block's order."""
    pre_norm = len(layer) == 2
    norm1, attention, norm2, mlp = (
        (p[0:2], p[2:10], p[10:12], p[12:]) if pre_norm else (p[8:10], p[0:8], p[14:], p[10:14])
    )
    module = torch.nn.TransformerEncoderLayer(
        4, 2, 3, dropout=0.0, activation="gelu", batch_first=True, norm_first=pre_norm
    ).double()
    in_weight, in_bias, *_, out_weight, out_bias = projections(attention)
    names = {
        "self_attn.in_proj_weight": in_weight,
        "self_attn.in_proj_bias": in_bias,
        "self_attn.out_proj.weight": out_weight,
        "self_attn.out_proj.bias": out_bias,
        "linear1.weight": mlp[0].T,
        "linear1.bias": mlp[1],
        "linear2.weight": mlp[2].T,
        "linear2.bias": mlp[3],
        "norm1.weight": norm1[0],
        "norm1.bias": norm1[1],
        "norm2.weight": norm2[0],
        "norm2.bias": norm2[1],
    }
    time = x.shape[1]
    hidden = torch.ones(time, time).triu(1).bool()
    y: Tensor = functional_call(module, names, (x,), {"src_mask": hidden})
    return y


LAYERS: dict[str, Callable[[Any, Tensor, Weights], Tensor]] = {
    "ALiBi": lambda layer, x, p: (
        x
        - torch.tensor([2.0**-4, 2.0**-8]).double()[:, None, None]
        * (torch.arange(x.shape[3])[None] - torch.arange(x.shape[2])[:, None]).abs()
    ),
    "AdditiveAttention": lambda layer, x, p: (
        torch.softmax(torch.tanh((x @ p["Wq"])[:, :, None] + (x @ p["Wk"])[:, None]) @ p["v"], -1)
        @ x
    ),
    "AffineCoupling": lambda layer, x, p: coupling(layer, x, list(p.values())),
    "AveragePool2D": lambda layer, x, p: nhwc(
        F.avg_pool2d(nchw(x), **pooling(layer), count_include_pad=True)
    ),
    "BatchNorm": lambda layer, x, p: F.batch_norm(
        x,
        torch.zeros(layer.n).double(),
        torch.ones(layer.n).double(),
        p["gamma"],
        p["beta"],
        eps=layer.eps,
    ),
    "BiasedGRU": lambda layer, x, p: unrolled(torch.nn.GRU, layer, x, p)[0],
    "Conv1D": lambda layer, x, p: F.conv1d(
        x.transpose(1, 2).contiguous(),
        p["W"].permute(2, 1, 0).contiguous(),
        p["b"],
        **sliding(layer),
    ).transpose(1, 2),
    "Conv2D": lambda layer, x, p: nhwc(
        F.conv2d(nchw(x), p["W"].permute(3, 2, 0, 1).contiguous(), p["b"], **sliding(layer))
    ),
    "ConvTranspose2D": lambda layer, x, p: nhwc(
        F.conv_transpose2d(
            nchw(x),
            p["W"].permute(3, 2, 0, 1).contiguous(),
            p["b"],
            layer.windows.stride,
            layer.windows.padding,
        )
    ),
    "CouplingFlow": lambda layer, x, p: coupling(
        layer[1], coupling(layer[0], x, list(part(p, 0).values())), list(part(p, 1).values())
    ),
    "Dense": lambda layer, x, p: F.linear(x, p["W"].T, p["b"]),
    "Dropout": lambda layer, x, p: F.dropout(x, layer.p, training=False),
    "DotAttention": lambda layer, x, p: F.scaled_dot_product_attention(x, x, x),
    "ELU": lambda layer, x, p: F.elu(x, layer.alpha),
    "Embedding": lambda layer, x, p: F.embedding(x, p["W"]),
    "EncoderDecoder": encoder_decoder,
    "Flatten": lambda layer, x, p: x.flatten(1),
    "GELU": lambda layer, x, p: F.gelu(x),
    "GRU": lambda layer, x, p: unrolled(torch.nn.GRU, layer, x, p)[0],
    "GeneralAttention": lambda layer, x, p: torch.softmax(x @ p["W"] @ x.mT, -1) @ x,
    "GumbelSoftmax": lambda layer, x, p: F.softmax(x / layer.temperature, -1),
    "Identity": lambda layer, x, p: x * 1,
    "LSTM": lambda layer, x, p: unrolled(torch.nn.LSTM, layer, x, p)[0],
    "LayerNorm": lambda layer, x, p: F.layer_norm(x, (layer.n,), p["gamma"], p["beta"], layer.eps),
    "LeakyReLU": lambda layer, x, p: F.leaky_relu(x, layer.alpha),
    "LearnedPositions": lambda layer, x, p: x + p["W"][: x.shape[1]],
    "LogSoftmax": lambda layer, x, p: F.log_softmax(x, -1),
    "MaxPool2D": lambda layer, x, p: nhwc(F.max_pool2d(nchw(x), **pooling(layer))),
    "MessagePassing": message_passing,
    "MixtureOfExperts": lambda layer, x, p: mixture(layer, x, list(p.values())),
    "MultiHeadAttention": multi_head,
    "RMSNorm": lambda layer, x, p: F.rms_norm(x, (layer.n,), p["gamma"], layer.eps),
    "RNN": lambda layer, x, p: unrolled(torch.nn.RNN, layer, x, p)[0],
    "ReLU": lambda layer, x, p: F.relu(x),
    "RelativeBias": relative_bias,
    "Reparameterize": lambda layer, x, p: x.chunk(2, 1)[0],
    "Sequential": lambda layer, x, p: F.linear(
        F.linear(x, p["0.W"].T, p["0.b"]), p["1.W"].T, p["1.b"]
    ),
    "Residual": lambda layer, x, p: x + F.linear(x, p["0.W"].T, p["0.b"]),
    "SELU": lambda layer, x, p: F.selu(x),
    "SiLU": lambda layer, x, p: F.silu(x),
    "Sigmoid": lambda layer, x, p: torch.sigmoid(x),
    "SinusoidalPositions": lambda layer, x, p: x + waves(*x.shape[1:]),
    "Skip": lambda layer, x, p: torch.cat([x, F.linear(x, p["0.W"].T, p["0.b"])], -1),
    "Softmax": lambda layer, x, p: F.softmax(x, -1),
    "Softplus": lambda layer, x, p: F.softplus(x),
    "SwiGLU": lambda layer, x, p: (F.silu(x @ p["W"]) * (x @ p["V"])) @ p["W2"],
    "Tanh": lambda layer, x, p: torch.tanh(x),
    "TanhGELU": lambda layer, x, p: F.gelu(x, approximate="tanh"),
    "TransformerBlock": lambda layer, x, p: transformer_block(layer, x, list(p.values())),
    "Upsample2D": lambda layer, x, p: nhwc(F.interpolate(nchw(x), scale_factor=layer.k)),
}

TRAINING: dict[str, Callable[[Any, Tensor, Weights], Tensor]] = {
    "BatchNorm": lambda layer, x, p: F.batch_norm(
        x, None, None, p["gamma"], p["beta"], training=True, eps=layer.eps
    ),
    "GumbelSoftmax": lambda layer, x, p: F.softmax(
        (x + torch.tensor(layer.rng.gumbel(size=x.shape))) / layer.temperature, -1
    ),
    "Reparameterize": lambda layer, x, p: (
        x.chunk(2, 1)[0]
        + (x.chunk(2, 1)[1] / 2).exp()
        * torch.tensor(layer.rng.normal(size=(len(x), x.shape[1] // 2)))
    ),
}

LOSSES: dict[str, Callable[[Any, Tensor, Tensor], Tensor]] = {
    "BinaryCrossEntropy": lambda loss, y, t: F.binary_cross_entropy_with_logits(y, t),
    "ContrastiveMargin": lambda loss, y, t: (
        t * y**2 + (1 - t) * F.relu(loss.margin - y) ** 2
    ).mean(),
    "CrossEntropy": lambda loss, y, t: F.cross_entropy(y, t, label_smoothing=loss.smoothing),
    "GaussianKL": lambda loss, y, t: (
        torch.distributions.kl_divergence(
            torch.distributions.Normal(y.chunk(2, 1)[0], (y.chunk(2, 1)[1] / 2).exp()),
            torch.distributions.Normal(0.0, 1.0),
        )
        .sum(1)
        .mean()
    ),
    "Hinge": lambda loss, y, t: F.relu(1 - t * y).mean(),
    "Huber": lambda loss, y, t: F.huber_loss(y, t, delta=loss.delta),
    "KullbackLeibler": lambda loss, y, t: F.kl_div(F.log_softmax(y, 1), t, reduction="batchmean"),
    "MeanSquaredError": lambda loss, y, t: F.mse_loss(y, t),
    "MinimaxGenerator": lambda loss, y, t: torch.log(1 - torch.sigmoid(y)).mean(),
    "NegativeSampling": lambda loss, y, t: -F.logsigmoid(t * y).sum(1).mean(),
    "NonSaturatingGenerator": lambda loss, y, t: -F.logsigmoid(y).mean(),
    "SequenceCrossEntropy": lambda loss, y, t: F.cross_entropy(
        y.flatten(0, 1), t.flatten(), ignore_index=-1, label_smoothing=loss.items.smoothing
    ),
    "Wasserstein": lambda loss, y, t: -(t * y).mean(),
}


def published(kind: type[torch.optim.Optimizer], *names: str) -> MakeOptimizer:
    """An optimizer that PyTorch lacks, with our optimizer's options of these names."""
    return lambda o, p: kind(p, **{name: getattr(o, name) for name in ("lr", *names)})


OPTIMIZERS: dict[str, MakeOptimizer] = {
    "SGD": lambda o, p: torch.optim.SGD(p, o.lr, weight_decay=o.weight_decay),
    "Momentum": lambda o, p: torch.optim.SGD(p, o.lr, o.beta, weight_decay=o.weight_decay),
    "NAG": lambda o, p: torch.optim.SGD(
        p, o.lr, o.beta, weight_decay=o.weight_decay, nesterov=True
    ),
    "Adagrad": lambda o, p: torch.optim.Adagrad(p, o.lr, eps=o.eps),
    "RMSProp": lambda o, p: torch.optim.RMSprop(p, o.lr, o.beta, o.eps),
    "Adam": lambda o, p: torch.optim.Adam(p, o.lr, (o.beta1, o.beta2), o.eps),
    "AMSGrad": lambda o, p: torch.optim.Adam(p, o.lr, (o.beta1, o.beta2), o.eps, amsgrad=True),
    "AdamW": lambda o, p: torch.optim.AdamW(
        p, o.lr, (o.beta1, o.beta2), o.eps, weight_decay=o.weight_decay
    ),
    "Lion": published(Lion, "beta1", "beta2", "weight_decay"),
    "Muon": published(Muon, "beta", "columns", "weight_decay"),
    "Sophia": published(Sophia, "beta1", "beta2", "rho", "eps", "weight_decay"),
    "ScheduleFreeSGD": lambda o, p: ScheduleFree(p, lr=o.lr, beta1=o.beta),
    "ScheduleFreeAdamW": published(ScheduleFree, "beta1", "beta2", "eps", "weight_decay"),
}


def leaf(a: np.ndarray[Any, Any]) -> Tensor:
    """A tensor that wants a gradient when it can have one."""
    tensor = torch.tensor(a)
    return tensor.requires_grad_() if tensor.is_floating_point() else tensor


def layer_reference(kind: type[Layer], seed: int, training: bool = False) -> Array:
    """y, dL/dx and every dL/dθ of the layer's example, one after another."""
    layer, x, dy = layer_case(kind, seed)
    tensors = {name: leaf(value) for name, value, _ in layer.parameters()}
    x_leaf = leaf(x)
    y = (TRAINING if training else LAYERS)[kind.__name__](layer, x_leaf, tensors)
    y.backward(torch.tensor(dy))
    results = [y.detach()]
    for tensor in [x_leaf, *tensors.values()]:
        if tensor.requires_grad:
            results.append(torch.zeros_like(tensor) if tensor.grad is None else tensor.grad)
    return flat([result.numpy() for result in results])


def loss_reference(kind: type[Loss], seed: int) -> Array:
    """L, then dL/dy, of the loss's example."""
    loss, y, target = kind.example(np.random.default_rng(seed))
    y_leaf = leaf(y)
    value = LOSSES[kind.__name__](loss, y_leaf, torch.tensor(target))
    value.backward()
    assert y_leaf.grad is not None
    return flat([np.array(value.item()), y_leaf.grad.numpy()])


def optimizer_reference(kind: type[Optimizer], seed: int) -> Array:
    """The path of STEPS steps in the valley of Rosenbrock's function."""
    ours, begun = valley_case(kind, seed)
    theta = torch.tensor(begun, requires_grad=True)
    optimizer = OPTIMIZERS[kind.__name__](ours, [theta])
    path = []
    for step in range(STEPS):
        theta.grad = torch.tensor(valley(theta.detach().numpy()))
        if isinstance(optimizer, Sophia) and step % 5 == 0:
            optimizer.curvature(torch.tensor(valley_curvature(theta.detach().numpy())))
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return flat(path)


def run_reference(kind: type[Optimizer], seed: int) -> Array:
    """The losses of STEPS steps of training, and where they end."""
    trainer = run_case(kind, seed)
    weights = [leaf(value) for _, value, _ in trainer.network.parameters()]
    optimizer = OPTIMIZERS[kind.__name__](trainer.optimizer, weights)
    x, t = torch.tensor(trainer.x), torch.tensor(trainer.y)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        W1, b1, W2, b2 = weights
        loss = F.binary_cross_entropy_with_logits(torch.tanh(x @ W1 + b1) @ W2 + b2, t)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return flat([losses, *(weight.detach().numpy() for weight in weights)])


def recompute() -> dict[str, dict[str, Array]]:
    """All reference numbers anew: group → kind/seed → numbers."""
    groups: dict[str, tuple[type, Callable[[Any, int], Array], dict[str, Any]]] = {
        "layers": (Layer, layer_reference, LAYERS),
        "training": (Layer, partial(layer_reference, training=True), TRAINING),
        "losses": (Loss, loss_reference, LOSSES),
        "optimizers": (Optimizer, optimizer_reference, OPTIMIZERS),
        "runs": (Optimizer, run_reference, OPTIMIZERS),
    }
    found: dict[str, dict[str, Array]] = {}
    for group, (base, reference, table) in groups.items():
        kinds = {kind.__name__: kind for kind in subclasses(base)}
        found[group] = {
            f"{name}/{seed}": reference(kinds[name], seed)
            for name in table
            for seed in SEEDS + MORE.get(name, ())
        }
    return found


def missing() -> dict[str, list[str]]:
    """What the engine has and this script does not: group → names."""
    tables: dict[str, tuple[type, dict[str, Any]]] = {
        "layers": (Layer, LAYERS),
        "losses": (Loss, LOSSES),
        "optimizers": (Optimizer, OPTIMIZERS),
    }
    return {
        group: sorted({kind.__name__ for kind in subclasses(base)} - set(table))
        for group, (base, table) in tables.items()
    }


def main() -> None:
    """Write one file for each group."""
    REFERENCE.mkdir(exist_ok=True)
    for group, numbers in recompute().items():
        path = REFERENCE / f"{group}.npz"
        np.savez_compressed(path, **numbers)
        print(f"{path.name}: {len(numbers)} cases, {path.stat().st_size} bytes")
    for group, names in missing().items():
        print(f"{group} without a line here: {', '.join(names) or 'none'}")


if __name__ == "__main__":
    main()
