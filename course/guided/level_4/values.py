"""What part 1 of Level 4 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import layers

# %% dropout
p, x = 0.4, np.array([0.5, 2.0, -1.0, 1.5, 0.8])
layer = layers.Dropout(p, rng=np.random.default_rng(2))
y = layer.forward(x, training=True)
m = (layer.mask > 0).astype(int)

drop = layers.Dropout(0.4, rng=np.random.default_rng(0))
drop.forward(np.ones((1, 10000)), training=True)

# %% batch-norm
column = np.array([2.0, 4.0, 6.0, 8.0])
