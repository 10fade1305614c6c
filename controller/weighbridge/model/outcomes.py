"""
What became of a question to a source.

`Unknown` is only what the source or the network failed to say.
Content that was delivered and cannot be used is `Found(Unreadable(...))`, so that nobody can manufacture ignorance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar

T = TypeVar("T")

Because: TypeAlias = Literal[
    "timeout",  # no answer in time
    "unreachable",  # no connection, or the connection was cut
    "server_error",  # 5xx, or an answer that is no answer
    "rate_limited",  # 429
    "private_or_absent",  # 401 or 403: a hub says the same of both
    "offline",  # --offline forbids asking
    "host_not_listed",  # the site does not list the host
    "too_many_questions",  # the namespace's budget of cold look-ups is spent
    "not_walked",  # lineage deeper than we look
    "no_source",  # no source can read this scheme: said once, by workload.resolved
    "unresolved_reference",  # nobody could tell which model is meant: said once, by workload.resolved
    "weights_needed",  # only whole weight files could tell, and those are never downloaded
    "no_repository",  # the repository does not exist: said once, by workload.resolved
]


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The source answered, and this is the answer."""

    value: T


@dataclass(frozen=True, slots=True)
class Missing:
    """The source answered that there is no such thing."""

    looked_at: str
    """Where we looked, as the reader of a denial would write it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """
    The source could not answer.

    Not the same as `Missing`: a hub that is down says nothing about whether a model has a card.
    """

    because: Because
    host: str = ""
    """Whom we asked, `huggingface.co`; empty where nobody could be asked."""
    since: int | None = None
    """Start of this host's outage, Unix time in seconds, a whole minute, so that a retry is the same fact."""
    detail: str = ""
    """A sentence for people, never shown to policies: `no answer from hub.example in 4 s`."""
    again_in: float | None = field(default=None, compare=False)
    """Seconds after which the host wishes to be asked again, where it says so; no part of the fact."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Content that was delivered and cannot be used: too large, malformed, too deep."""

    unreadable: str
    """What is wrong with it: `README.md is 3 MiB, at most 1 MiB is read`."""


Outcome: TypeAlias = Found[T] | Missing | Unknown
