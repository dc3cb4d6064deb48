"""What an image's name tells of the framework in it."""

import re

import pytest

from sm_magic.containers import FRAMEWORKS, find
from sm_magic.magics.tables import INVOKE, ORIENTS
from sm_magic.mediatypes import resolve

DLC = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
ALGORITHMS = "685385470294.dkr.ecr.eu-west-1.amazonaws.com"

# Image URIs as sagemaker.image_uris.retrieve makes them, and as the lists of AWS's containers have them.
IMAGES = {
    f"{ALGORITHMS}/xgboost:1": "XGBoost",
    "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1": "XGBoost",
    "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3": "scikit-learn",
    f"{DLC}/tensorflow-inference:2.14.1-cpu-py310-ubuntu20.04-sagemaker": "TensorFlow Serving",
    f"{DLC}/tensorflow-inference@sha256:0123456789abcdef": "TensorFlow Serving",
    f"{DLC}/huggingface-pytorch-inference:2.1.0-transformers4.37.0-cpu-py310": "the Hugging Face toolkit",
    f"{DLC}/huggingface-pytorch-inference-neuronx:2.1.2": "the Hugging Face toolkit",
    f"{DLC}/huggingface-pytorch-tgi-inference:2.4.0-tgi3.0.1-gpu": "Text Generation Inference",
    f"{ALGORITHMS}/tei:2.0.1-tei1.2.3-gpu-py310-cu122-ubuntu22.04": "Text Embeddings Inference",
    f"{ALGORITHMS}/tei-cpu:2.0.1-tei1.2.3-cpu-py310-ubuntu22.04": "Text Embeddings Inference",
    f"{DLC}/djl-inference:0.32.0-lmi14.0.0-cu126": "DJL Serving (LMI)",
    f"{DLC}/vllm:server-sagemaker-cuda-v1": "vLLM",
    f"{DLC}/huggingface-vllm:0.11.2-gpu-py312": "vLLM",
    "vllm/vllm-openai:v0.10.1": "vLLM",
    f"{DLC}/huggingface-sglang:0.5": "SGLang",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mlflow-pyfunc:2.9.2": "MLflow",
    "007439368137.dkr.ecr.us-east-2.amazonaws.com/sagemaker-tritonserver:24.01-py3": "Triton",
    "nvcr.io/nvidia/tritonserver:24.01-py3": "Triton",
    f"{DLC}/pytorch-inference:2.2.0-cpu-py310-ubuntu20.04-sagemaker": "PyTorch",
    f"{DLC}/mxnet-inference:1.9.0-cpu-py38": "MXNet",
    f"{DLC}/autogluon-inference:1.1.1-cpu-py310": "AutoGluon",
    f"{ALGORITHMS}/linear-learner:1": "a built-in algorithm of SageMaker",
    f"{ALGORITHMS}/forecasting-deepar:1": "SageMaker's DeepAR",
    f"{ALGORITHMS}/blazingtext:1": "SageMaker's BlazingText",
    f"{ALGORITHMS}/object-detection:1": "SageMaker's image algorithm",
}
OWN = [
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-model:7",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/xgboost-of-ours:7",
    "sm-magic/local:iris",
    "http://127.0.0.1:8080",
    "x" * 100_000,
    "x/vllm" + "-inference" * 24 + "!",
    "",
    None,
]


@pytest.mark.parametrize(("image", "name"), IMAGES.items())
def test_an_image_of_aws_is_known(image, name):
    """By its repository, whatever the registry, tag or digest."""
    found = find(image)
    assert found is not None and found.name == name


@pytest.mark.parametrize("image", OWN)
def test_an_image_of_one_s_own_is_not(image):
    """Nothing is guessed from half a name."""
    assert find(image) is None


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: one.name)
def test_what_a_row_says_to_type_exists(framework):
    """Types have their names on the line, options and layouts are those of the grammar; the source is an address."""
    assert framework.types and all("/" in resolve(name) for name in framework.types)
    options = {name for option in INVOKE for name in option.names}
    said = framework.say
    assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", said)) <= options
    assert set(re.findall(r"--orient (\w+)", said)) <= set(ORIENTS)
    assert all("/" in resolve(name) for name in re.findall(r"(?<!\w)-t (\w+)", said))
    assert framework.source.startswith("https://") and framework.layout
    assert framework.sentence().startswith("This is ")
