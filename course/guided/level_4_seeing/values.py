"""What part 2 of Level 4 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import convolution

# %% padding-stride
n, k, p, s = 32, 3, 1, 2
conv = convolution.Conv2D(1, 1, k, stride=s, padding=p, rng=np.random.default_rng(0))


def size(n, k, p=0, s=1):
    return (n + 2 * p - k) // s + 1
