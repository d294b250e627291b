"""The engine: deep learning in NumPy, forward and backward side by side. It knows no game or page.

One subject is one module. Start with `layer`, which holds what every layer keeps; then read
`layers`, `activations`, `losses`, `optimizers` and `training`. A network learns to tell two moons
apart:

    from pycore import data
    from pycore.losses import BinaryCrossEntropy
    from pycore.models import mlp
    from pycore.optimizers import Adam
    from pycore.training import Trainer

    x, y = data.moons(200, noise=0.1, rng=0)
    network = mlp([2, 8, 8, 1], rng=0)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(0.05), x, y, total=200).run()
    print(network.summary(x))
    print("class 1 at (1, -0.5) with probability", trainer.proba([[1, -0.5]]))
    print("loss", trainer.history[199], "right", (trainer.predict(x) == y).mean())

Pictures and text go the same way: `recipes.digits` trains a convolutional network, and
`recipes.spelling` recurrent ones, letter by letter.
"""
