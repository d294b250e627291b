"""What Level 4 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import activations, convolution, corpora, layers

# %% dropout
p, x = 0.4, np.array([0.5, 2.0, -1.0, 1.5, 0.8])
layer = layers.Dropout(p, rng=np.random.default_rng(2))
y = layer.forward(x, training=True)
m = (layer.mask > 0).astype(int)

drop = layers.Dropout(0.4, rng=np.random.default_rng(0))
drop.forward(np.ones((1, 10000)), training=True)

# %% padding-stride
n, k, p, s = 32, 3, 1, 2
conv = convolution.Conv2D(1, 1, k, stride=s, padding=p, rng=np.random.default_rng(0))


def size(n, k, p=0, s=1):
    return (n + 2 * p - k) // s + 1


# %% batch-norm
column = np.array([2.0, 4.0, 6.0, 8.0])

# %% attention
softmax = activations.softmax
Q = np.array([[1.0, 0.0], [0.0, 2.0]])
K = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
V = np.array([[10.0], [20.0], [30.0]])
d_k = K.shape[-1]
A = softmax(Q @ K.T / np.sqrt(d_k))

# %% embeddings
a, b = np.array([1.0, 2.0]), np.array([2.0, 3.0])
cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
sentences = [english for english, _ in corpora.english_french()]
vocabulary = set(" ".join(sentences).split()) - {"the"}


# %% moe
def share(experts, top, each, rest):
    return (rest + top * each) / (rest + experts * each)
