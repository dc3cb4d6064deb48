"""MLflow's scoring server reads what we send: its own parsing, without the server around it."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from mlflow.pyfunc import scoring_server

from sm_magic import codecs

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]
FRAME = pd.DataFrame({"age": [31, 54], "balance": [0.1, -2.5e-7], "tenure": ["short", 'lo"ng, very']})


@pytest.mark.parametrize("orient", ["dataframe_split", "dataframe_records"])
def test_a_table_in_json_arrives_whole(orient):
    """Both of MLflow's layouts of a frame."""
    body = codecs.encode(FRAME, "json", orient=orient).body
    frame = scoring_server.infer_and_parse_data(json.loads(body))
    pd.testing.assert_frame_equal(frame, FRAME, check_dtype=False)


def test_csv_wants_its_header():
    """Unlike SageMaker's own containers."""
    body = codecs.encode(FRAME, "csv", header=True).body
    frame = scoring_server.parse_csv_input(io.StringIO(body.decode()))
    pd.testing.assert_frame_equal(frame, FRAME, check_dtype=False)


def test_parquet_arrives_whole():
    """With names and types."""
    frame = scoring_server.parse_parquet_input(io.BytesIO(codecs.encode(FRAME, "parquet").body))
    pd.testing.assert_frame_equal(frame, FRAME, check_dtype=False)


@pytest.mark.parametrize("orient", ["instances", "inputs"])
def test_tensors_arrive_whole(orient):
    """TensorFlow Serving's layouts."""
    array = np.arange(6, dtype="float32").reshape(2, 3) / 10
    found = scoring_server.infer_and_parse_data(json.loads(codecs.encode(array, "json", orient=orient).body))
    np.testing.assert_array_equal(np.asarray(found, dtype="float32"), array)
