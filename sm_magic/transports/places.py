"""What can be chosen before anything is asked of AWS: profiles and regions, as botocore knows them."""

from __future__ import annotations

__all__ = ["profiles", "regions"]


def profiles() -> tuple[str, ...]:
    """The names of the profiles in the user's AWS files."""
    import botocore.session

    return tuple(botocore.session.Session().available_profiles)


def regions() -> tuple[str, ...]:
    """The regions that have SageMaker, as the installed botocore knows them: the public partition's first."""
    import botocore.session

    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    return tuple(name for each in partitions for name in session.get_available_regions("sagemaker", each))
