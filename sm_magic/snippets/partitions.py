"""A region → its partition, which begins its ARNs, and the end of its services' names (botocore's partitions.json)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["Partition", "partition"]


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of AWS with its own accounts."""

    name: str
    suffix: str


_AWS: Final = Partition("aws", "amazonaws.com")
_BY_PREFIX: Final = {
    "cn-": Partition("aws-cn", "amazonaws.com.cn"),
    "us-gov-": Partition("aws-us-gov", "amazonaws.com"),
    "us-iso-": Partition("aws-iso", "c2s.ic.gov"),
    "us-isob-": Partition("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-": Partition("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-": Partition("aws-iso-f", "csp.hci.ic.gov"),
    "eusc-": Partition("aws-eusc", "amazonaws.eu"),
}


def partition(region: str | None) -> Partition:
    """The partition of *region*; the public one for a region that is not known."""
    return next((found for start, found in _BY_PREFIX.items() if (region or "").startswith(start)), _AWS)
