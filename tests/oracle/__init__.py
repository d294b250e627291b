"""The engine against PyTorch's numbers, read from small files; PyTorch itself is not needed."""
