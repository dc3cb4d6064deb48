"""A Connection -> what speaks to it by boto3.  boto3 itself is imported at the first call."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..settings import Connection
from . import Catalog, Runtime, Store
from .access import Access, BotoAccess, NoAccess
from .catalog import BotoCatalog, NoCatalog
from .clients import Clients
from .runtime import BotoRuntime
from .store import BotoStore, NoStore

__all__ = ["Connected", "connect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The three ways to what a Connection names, and what the caller may."""

    runtime: Runtime
    catalog: Catalog
    store: Store
    access: Access = field(default_factory=NoAccess)


def connect(connection: Connection, *, session: Any = None, client: Any = None) -> Connected:
    """What speaks to *connection*: the same object for the same Connection, so that connections are kept open.

    session: a boto3 Session to make the clients from; client: a boto3 client of sagemaker-runtime to use as it
    is (its times and attempts stay its own; without a session nothing is known of its control plane or S3).
    No call is made.  Raises CredentialsError if the connection's profile is not there, UsageError if *client* calls
    where no data should go (`addresses.check`).
    """
    if session is None and client is None:
        return _shared(connection)
    return _connected(Clients(connection, session=session, client=client), known=session is not None)


@lru_cache(maxsize=32)
def _shared(connection: Connection) -> Connected:
    return _connected(Clients(connection), known=True)


def _connected(clients: Clients, *, known: bool) -> Connected:
    clients.check()
    return Connected(
        runtime=BotoRuntime(clients),
        catalog=BotoCatalog(clients) if known else NoCatalog(),
        store=BotoStore(clients.beside_local()) if known else NoStore(),
        access=BotoAccess(clients) if known else NoAccess(),
    )
