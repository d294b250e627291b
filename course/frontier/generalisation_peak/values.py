"""What the part on the peak computes behind the scenes, by heading."""

import numpy as np

from course.frontier.generalisation.shared import U, Vt, X, s, signs, y

# %% threshold
w0 = np.array([0.5, -1.0, 0.8, 0.3, -0.6])
sigma = 0.5

# %% ridge
lam = 4.0
