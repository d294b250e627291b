"""The programs that train the models: one module a task, each can be run.

A recipe has the data, the training (`train`, the same for the same seed on the same machine) and
says, when run, how good the result is. Most take seconds; where a page cannot wait for them, the
weights lie in `pycore/trained`, and `trained` restores them.
"""
