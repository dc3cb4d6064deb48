"""What is deployed: an overview of endpoints, and one in detail, with what could not be told and why.

Every part is asked on its own; one that is denied, slow or not there is `Missing` and does not spoil the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Final, TypeVar

from .deployments import Component, Configuration, Listed
from .descriptions import Description, Missing, Overview
from .errors import AccessDeniedException, CredentialsError, SmMagicError
from .progress import OnProgress, Progress, silent
from .transports import Catalog

__all__ = ["Description", "Overview", "describe", "is_pattern", "overview"]

_TOGETHER: Final = 8  # calls at a time
_DESCRIBED: Final = 50  # endpoints of an overview; of the others, what ListEndpoints tells
_COMPONENTS: Final = 25  # components that are described
_STORED: Final = 50  # models of a multi-model endpoint
_TIRED: Final = 3  # denials after which an overview asks for this no more
_WILD: Final = re.compile(r"[*?]|\[[^\]]*\]")
_T = TypeVar("_T")


def is_pattern(text: str) -> bool:
    """Whether *text* means several names: it has ``*``, ``?`` or ``[…]``, which no name can have."""
    return _WILD.search(text) is not None


def overview(catalog: Catalog, pattern: str | None = None, on_progress: OnProgress = silent) -> Overview:
    """The endpoints whose names fit *pattern* (``iris*``, whatever the case), or all.

    Raises SmMagicError if they can't be listed.
    """
    pattern = pattern or "*"
    literal = max(_WILD.split(pattern), key=len)
    found = catalog.listed(literal)
    if literal and not found:  # case may count for NameContains
        found = catalog.listed()
    fitting = [one for one in found if fnmatchcase(one.name.lower(), pattern.lower())]
    asking = _Asking(tired=_TIRED)
    components = asking.ask("sagemaker:ListInferenceComponents", catalog.components) if fitting else ()
    by_endpoint: dict[str, list[Component]] = {}
    for component in components or ():
        by_endpoint.setdefault(component.endpoint, []).append(component)
    described: list[Description] = []
    with _together() as pool:
        asked = pool.map(
            lambda one: _row(asking, catalog, one, tuple(by_endpoint.get(one.name, ()))), fitting[:_DESCRIBED]
        )
        for row in asked:
            described.append(row)
            on_progress(
                Progress(what=f"Describing endpoints, {len(described)} of {min(len(fitting), _DESCRIBED)}")
            )
    rest = (Description(name=one.name, listed=one) for one in fitting[_DESCRIBED:])
    return Overview(
        endpoints=(*described, *rest),
        missing=asking.missing,
        more=len(found) >= 300,
        pattern=None if pattern == "*" else pattern,
    )


def _row(asking: _Asking, catalog: Catalog, one: Listed, components: tuple[Component, ...]) -> Description:
    """As much as the table says: an endpoint's kind takes its configuration, and sometimes its models."""
    endpoint = asking.ask("sagemaker:DescribeEndpoint", partial(catalog.endpoint, one.name))
    row = Description(name=one.name, listed=one, endpoint=endpoint, components=components)
    if endpoint is None or endpoint.config is None or row.kind != "real-time":
        return row
    configuration = asking.ask(
        "sagemaker:DescribeEndpointConfig", partial(catalog.configuration, endpoint.config)
    )
    row = replace(row, configuration=configuration)
    if configuration is None or row.kind != "real-time":
        return row
    asked = (
        asking.ask("sagemaker:DescribeModel", partial(catalog.model, name)) for name in _names(configuration)
    )
    return replace(row, models=tuple(model for model in asked if model))


def describe(catalog: Catalog, name: str, *, brief: bool = False) -> Description | None:
    """The endpoint *name*; None if there is none.

    brief: its variants and the names of its components alone.
    """
    asking = _Asking()
    endpoint = asking.ask("sagemaker:DescribeEndpoint", partial(catalog.endpoint, name))
    if endpoint is None and not asking.missing:
        return None
    config = endpoint.config if endpoint else None
    variants = [variant.name for variant in endpoint.variants] if endpoint else []
    with _together() as pool:

        def begin(action: str, ask: Callable[[], _T]) -> Callable[[], _T | None]:
            return pool.submit(asking.ask, action, ask).result

        listed = begin("sagemaker:ListInferenceComponents", partial(catalog.components, name))
        if brief:
            components = listed() or ()
            return Description(name=name, endpoint=endpoint, components=components, missing=asking.missing)
        configured = config and begin(
            "sagemaker:DescribeEndpointConfig", partial(catalog.configuration, config)
        )
        counted = variants and begin(
            "cloudwatch:GetMetricData", partial(catalog.traffic, name, tuple(variants))
        )
        configuration = configured() if configured else None
        models = [
            begin("sagemaker:DescribeModel", partial(catalog.model, one)) for one in _names(configuration)
        ]
        components = listed() or ()
        whole = [
            begin("sagemaker:DescribeInferenceComponent", partial(catalog.component, one.name))
            for one in components[:_COMPONENTS]
        ]
        found = tuple(model for one in models if (model := one()) is not None)
        folders = {container.data for model in found for container in model.containers if container.several}
        stored = [
            begin("s3:ListBucket", partial(catalog.below, folder, _STORED)) for folder in folders if folder
        ]
        return Description(
            name=name,
            endpoint=endpoint,
            configuration=configuration,
            models=found,
            components=(
                *(one() or known for one, known in zip(whole, components, strict=False)),
                *components[_COMPONENTS:],
            ),
            stored=tuple(key for one in stored for key in one() or ()),
            traffic=(counted() if counted else None) or (),
            missing=asking.missing,
        )


@contextmanager
def _together() -> Iterator[ThreadPoolExecutor]:
    """Threads for several calls at a time; an interrupt waits for none of them."""
    pool = ThreadPoolExecutor(_TOGETHER, thread_name_prefix="sm_magic endpoints")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Asking:
    """Asks, and keeps what could not be told, each action once.  Thread-safe.

    tired: after so many refusals of an action it is asked no more.
    """

    def __init__(self, tired: int = 1_000) -> None:
        self._tired = tired
        self._missing: dict[str, list[Missing]] = {}

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Sorted: the order in which threads end means nothing."""
        return tuple(sorted((each[0] for each in self._missing.values()), key=str))

    def ask(self, action: str, ask: Callable[[], _T]) -> _T | None:
        if len(self._missing.get(action, ())) >= self._tired:
            return None
        try:
            return ask()
        except SmMagicError as error:
            self._missing.setdefault(action, []).append(Missing(_why(error), action))
            return None


def _why(error: SmMagicError) -> str:
    if isinstance(error, AccessDeniedException):
        return "not allowed"
    return "no credentials" if isinstance(error, CredentialsError) else "not told"


def _names(configuration: Configuration | None) -> Sequence[str]:
    """The models of its variants, each once."""
    variants = configuration.variants if configuration else ()
    return tuple(dict.fromkeys(variant.model for variant in variants if variant.model))
