"""What went wrong at an engine, in VolTUI's words: from whatever the SDK, its libraries and the system raise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voltui.model.errors import Failed, NotFound, Refused, VoltuiError
from voltui.model.safe import safe

_NOISE = (
    (re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b"), r"\1"),
    (re.compile(r"\b(Error response from daemon|OCI runtime \w+ failed|(runc|crun) \w+ failed|\w+\.go:\d+): "), ""),
    (re.compile(r"\b(unable to start container process|starting container process caused): "), ""),
    (re.compile(r": unknown$"), ""),
)
"""What is taken out of an engine's words, and what takes its place."""


def refusal(what: str, status: int, explanation: str) -> VoltuiError:
    """An answer that is no success: it was asked to do ``what``, and said ``explanation`` with an HTTP ``status``."""
    words = _plain(safe(explanation))
    if status == 404:
        return NotFound(f"The engine can't {what}: {words}.", "It is not there, or something that it needs.")
    if status == 409:
        return Refused(f"The engine refuses to {what}: {words}.")
    hint = "What was asked for is wrong." if status == 400 else "The engine's own log may tell more."
    return Failed(f"The engine failed to {what}: {words}.", hint)


def _plain(words: str) -> str:
    """An engine's words without what only its makers need: layers of itself, line numbers, ids in full."""
    for pattern, instead in _NOISE:
        words = pattern.sub(instead, words)
    return words.strip().rstrip(".")


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it; requests and urllib3 also hide causes among the arguments."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        hidden = [argument for argument in current.args if isinstance(argument, BaseException)]
        context = None if current.__suppress_context__ else current.__context__
        waiting += [current.__cause__, context, getattr(current, "reason", None), *hidden]


def errno_of(error: BaseException) -> int | None:
    """The system's number for it, where there is one."""
    return next((cause.errno for cause in causes_of(error) if isinstance(cause, OSError) and cause.errno), None)


def reason(error: BaseException) -> str:
    """The root of the trouble in a few words: the system's own where there are some."""
    causes = list(causes_of(error))
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return cause.strerror.lower()
    return safe(str(causes[-1]) or type(causes[-1]).__name__).rstrip(".")
