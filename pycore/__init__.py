"""The engine: deep learning in NumPy, forward and backward side by side. It knows no game or page.

One subject is one module. Start with `layer`, which holds what every layer keeps; then read
`layers`, `activations`, `losses`, `optimizers` and `training`. A network learns to tell two moons
apart:

    import numpy as np

    from pycore import data
    from pycore.losses import BinaryCrossEntropy
    from pycore.metrics import accuracy
    from pycore.models import mlp
    from pycore.optimizers import Adam
    from pycore.training import Trainer

    rng = np.random.default_rng(0)
    x, y = data.moons(200, 0.1, rng)
    network = mlp([2, 8, 8, 1], rng)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(0.05), x, y)
    for _ in range(200):
        loss = trainer.step()
    print(loss, accuracy(network.forward(x), y))

Pictures and text go the same way: `recipes.digits` trains a convolutional network, and
`recipes.spelling` recurrent ones, letter by letter.
"""
