"""The models: config in, metrics out. They know no search, no Ray and no MLflow.

A trainable is a module with the names of `trainables.contract.Trainable`. Those of this package
are found by their bare name (`trainable: signal`), any other by its import path or its file.
"""
