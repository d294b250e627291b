"""Track 1: one neuron, layers, the forward pass."""
