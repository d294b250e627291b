"""The programs that made the weights in `pycore/trained`: one module a model, each can be run.

A recipe has the network (`build`), its shipped state (`trained`), the training (`train`, the same
for the same seed on the same machine) and says, when run, how good the result is.
"""
