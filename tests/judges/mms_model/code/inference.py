"""The model that AWS's toolkit serves in the tests: it doubles numbers, and fails on demand.

Decoding and encoding are the toolkit's own defaults: this file says nothing of CSV, JSON or npy.
"""


def model_fn(model_dir):
    """There is nothing to load."""
    return 2.0


def predict_fn(data, model):
    """Twice the numbers; a negative first number is a failure of the model."""
    if data.ravel()[0] < 0:
        raise ValueError("negative numbers frighten this model")
    return data * model
