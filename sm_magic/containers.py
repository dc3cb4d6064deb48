"""A container's image -> the framework in it: what it usually takes, and what to type.

One table.  What it says is a hint for people; nothing is ever sent differently because of it.  Repositories are those
of https://github.com/aws/sagemaker-python-sdk/tree/master-v2/src/sagemaker/image_uri_config and of
https://aws.github.io/deep-learning-containers/reference/available_images/; each row cites where its types come from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["FRAMEWORKS", "Framework", "find"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """One row.

    repository: a pattern for the whole name of the image's repository, without registry and folders.
    types: what it takes, by its short names or in full; empty where the model's author decides.
    say: what to type, as options; it ends a sentence.  layout: how the body is laid out.  source: who says so.
    """

    name: str
    repository: str
    types: tuple[str, ...] = ()
    say: str
    layout: str
    source: str

    def sentence(self) -> str:
        """What it is and what to type; it ends in code, without a stop."""
        return f"This is {self.name}: {self.say}"


_ALGORITHMS: Final = "https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html"
_TOOLKIT: Final = (
    "https://github.com/aws/sagemaker-inference-toolkit/blob/master/src/sagemaker_inference/decoder.py"
)
_CHAT: Final = '-t json with {"messages": […]}'
_PROMPT: Final = '-t json with {"inputs": "…", "parameters": {…}}'
_FLAT: Final = "rows of numbers, no header, no label, in the order of training"

FRAMEWORKS: tuple[Framework, ...] = (
    Framework(
        name="XGBoost",
        repository=r"(sagemaker-)?xgboost(-neo)?",
        types=("csv", "libsvm", "parquet", "recordio"),
        say="a table goes with -t csv, sparse rows with -t libsvm",
        layout=f"{_FLAT}; JSON is refused with 415",
        source="https://github.com/aws/sagemaker-xgboost-container/blob/master/src/sagemaker_xgboost_container/encoder.py",
    ),
    Framework(
        name="scikit-learn",
        repository=r"(sagemaker-)?scikit-learn",
        types=("csv", "json", "npy"),
        say="rows go with -t csv, an array with -t npy",
        layout="what its input_fn reads; by default an array of rows",
        source="https://github.com/aws/sagemaker-scikit-learn-container/blob/master/src/sagemaker_sklearn_container/handler_service.py",
    ),
    Framework(
        name="TensorFlow Serving",
        repository=r"tensorflow-inference(-eia|-neuronx?)?|sagemaker-tensorflow-serving(-eia)?|tensorflow-serving",
        types=("json", "jsonl", "csv"),
        say="-t json --orient instances",
        layout='{"instances": […]}; lines of CSV or JSON become its instances',
        source="https://github.com/aws/sagemaker-tensorflow-serving-container/blob/master/docker/build_artifacts/sagemaker/tensorflowServing.js",
    ),
    Framework(
        name="Text Generation Inference",
        repository=r"(huggingface-pytorch-)?tgi-inference|huggingface-tgi.*|text-generation-inference|huggingface-pytorch-tgi-.*",
        types=("json",),
        say=f'{_PROMPT}; "stream": true and --stream show it as it comes',
        layout='{"inputs": text, "parameters": {…}, "stream": bool}, or {"messages": […]}',
        source="https://huggingface.co/docs/text-generation-inference/reference/api_reference",
    ),
    Framework(
        name="Text Embeddings Inference",
        repository=r"(huggingface-)?tei(-cpu)?|text-embeddings-inference",
        types=("json",),
        say='-t json with {"inputs": "…"}, or a list of texts',
        layout='{"inputs": text or list of texts}; a vector for each comes back',
        source="https://huggingface.co/docs/text-embeddings-inference/quick_tour",
    ),
    Framework(
        name="vLLM",
        repository=r"(huggingface-)?vllm(-(omni|neuronx?|openai|inference[\w-]*))?|pytorch-inference-vllm.*",
        types=("json",),
        say=f'{_CHAT}; "stream": true and --stream show it as it comes',
        layout='{"model": …, "messages": [{"role": …, "content": …}], "max_tokens": …}, as OpenAI\'s API',
        source="https://aws.github.io/deep-learning-containers/vllm/deployment/sagemaker/",
    ),
    Framework(
        name="SGLang",
        repository=r"(huggingface-)?sglang(-.*)?",
        types=("json",),
        say=f'{_CHAT}; "stream": true and --stream show it as it comes',
        layout='{"model": …, "messages": [{"role": …, "content": …}], "max_tokens": …}, as OpenAI\'s API',
        source="https://aws.github.io/deep-learning-containers/reference/available_images/",
    ),
    Framework(
        name="DJL Serving (LMI)",
        repository=r"djl-inference|djl-serving|lmi",
        types=("json",),
        say=f'{_PROMPT}, or {{"messages": […]}}; "stream": true and --stream show it as it comes',
        layout='{"inputs": text, "parameters": {…}}, or {"messages": […]} of a chat model',
        source="https://github.com/deepjavalibrary/djl-serving/blob/master/serving/docs/lmi/user_guides/lmi_input_output_schema.md",
    ),
    Framework(
        name="the Hugging Face toolkit",
        repository=r"huggingface-(pytorch|tensorflow)-inference(-neuronx?)?",
        types=("json", "csv", "npy", "png", "jpeg", "audio/x-audio"),
        say='-t json with {"inputs": …}, an image or recording as a file; a CSV needs --header',
        layout='{"inputs": …, "parameters": {…}}; a CSV with the header inputs, or question,context',
        source="https://github.com/aws/sagemaker-huggingface-inference-toolkit/blob/main/src/sagemaker_huggingface_inference_toolkit/decoder_encoder.py",
    ),
    Framework(
        name="MLflow",
        repository=r"mlflow-pyfunc|mlflow.*",
        types=("json", "csv"),
        say="-t json --orient dataframe_split, or -t csv --header",
        layout='{"dataframe_split": …}, {"instances": …} or {"inputs": …}; a CSV names its columns',
        source="https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/",
    ),
    Framework(
        name="Triton",
        repository=r"(sagemaker-)?tritonserver",
        types=("triton", "json", "bytes"),
        say="named arrays go with -t triton, as JSON with -t json --orient v2",
        layout="KServe's named tensors, in JSON or as binary",
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-models-frameworks-triton.html",
    ),
    Framework(
        name="PyTorch",
        repository=r"pytorch-inference(-.*)?|sagemaker-(inference-)?pytorch(-.*)?|inference-pytorch.*|torchserve",
        types=("json", "csv", "npy", "npz"),
        say="an array goes with -t npy or -t json, unless its input_fn reads another type",
        layout="what its input_fn reads; by default an array, which becomes a tensor",
        source=_TOOLKIT,
    ),
    Framework(
        name="MXNet",
        repository=r"mxnet-inference(-.*)?|sagemaker-mxnet-serving(-eia)?|inference-mxnet.*",
        types=("json", "csv", "npy"),
        say="an array goes with -t npy or -t json, unless its input_fn reads another type",
        layout="what its input_fn reads; by default an array",
        source=_TOOLKIT,
    ),
    Framework(
        name="AutoGluon",
        repository=r"autogluon-inference",
        types=("csv", "json", "parquet"),
        say="a table goes with -t csv --header or -t parquet",
        layout="a table whose columns have the names of training; without a header they go by their order",
        source="https://github.com/aws/deep-learning-containers/tree/master/autogluon",
    ),
    Framework(
        name="Spark ML Serving",
        repository=r"sagemaker-sparkml-serving",
        types=("csv", "json"),
        say="one row goes with -t csv",
        layout="one row, in the order of its schema",
        source="https://github.com/aws/sagemaker-sparkml-serving-container",
    ),
    Framework(
        name="SageMaker's DeepAR",
        repository=r"forecasting-deepar",
        types=("json", "jsonl"),
        say='-t json with {"instances": [{"start": …, "target": […]}], "configuration": {…}}',
        layout='{"instances": [{"start", "target", "cat", "dynamic_feat"}], "configuration": {"num_samples", …}}',
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/deepar-in-formats.html",
    ),
    Framework(
        name="SageMaker's BlazingText",
        repository=r"blazingtext",
        types=("json", "jsonl"),
        say='-t json with {"instances": ["…"]}',
        layout='{"instances": [texts], "configuration": {"k": 2}}',
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/blazingtext.html",
    ),
    Framework(
        name="SageMaker's Object2Vec",
        repository=r"object2vec",
        types=("json", "jsonl"),
        say='-t json with {"instances": [{"in0": […], "in1": […]}]}',
        layout='{"instances": [{"in0": tokens, "in1": tokens}]}',
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/object2vec-inference-formats.html",
    ),
    Framework(
        name="SageMaker's sequence to sequence",
        repository=r"seq2seq",
        types=("json", "jsonl", "recordio"),
        say='-t json with {"instances": [{"data": "…"}]}',
        layout='{"instances": [{"data": text}], "configuration": {"beam_size": …}}',
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/seq-2-seq.html",
    ),
    Framework(
        name="SageMaker's image algorithm",
        repository=r"image-classification(-neo)?|object-detection|semantic-segmentation",
        types=("png", "jpeg", "image"),
        say="an image goes as it is: --file PATH, or -t jpeg",
        layout="one image",
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html",
    ),
    Framework(
        name="SageMaker's factorization machines",
        repository=r"factorization-machines",
        types=("json", "jsonl", "recordio"),
        say="-t recordio, or -t json --orient features; it takes no CSV",
        layout='{"instances": [{"features": […]}]}',
        source=_ALGORITHMS,
    ),
    Framework(
        name="a built-in algorithm of SageMaker",
        repository=r"linear-learner|kmeans|knn|pca|randomcutforest|ntm|lda|ipinsights",
        types=("csv", "json", "jsonl", "recordio"),
        say="a table goes with -t csv, or -t json --orient features",
        layout=f'{_FLAT}; in JSON {{"instances": [{{"features": […]}}]}}',
        source=_ALGORITHMS,
    ),
)


def find(image: str | None) -> Framework | None:
    """The framework in *image*, as far as its repository's name tells; None for one of the user's own."""
    repository = (image or "").partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
    if not repository or len(repository) > 256:
        return None
    return next((row for row in FRAMEWORKS if re.fullmatch(row.repository, repository)), None)
