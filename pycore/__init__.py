"""The engine: deep learning in NumPy, forward and backward side by side. It knows no game or page.

One subject is one module. `layer` holds what every layer keeps; start reading there, then `layers`.
"""
