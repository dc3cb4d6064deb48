"""The peers: other people's code for the same formats, in an environment of its own (`.ci/run`, step "peers").

Neither the SageMaker SDK nor MLflow nor XGBoost is among what everybody installs to run the tests, so that these
files are collected only where they are.
"""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec

os.environ.setdefault("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

_NEEDED = {
    "test_sdk_serializers.py": "sagemaker",
    "test_sdk_deserializers.py": "sagemaker",
    "test_sdk_readers.py": "sagemaker",
    "test_sdk_recordio.py": "sagemaker",
    "test_mlflow.py": "mlflow",
    "test_xgboost.py": "xgboost",
}
collect_ignore = [name for name, package in _NEEDED.items() if find_spec(package) is None]

# Their imports warn of much that is not ours; once in sys.modules they are silent.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for _name in (
        "sagemaker.serializers",
        "sagemaker.amazon.common",
        "mlflow.pyfunc.scoring_server",
        "xgboost",
    ):
        with suppress(ModuleNotFoundError):
            import_module(_name)
