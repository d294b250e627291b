"""What build.py calls once its environment stands: assets, precompiling, pages, serving."""
