"""The one way a mend gets into moto: replacing a method and keeping the original at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def around(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replaces `owner.name` by the decorated function, which is called as `f(original, self, ...)`.

    Raises AttributeError at start when moto no longer has the method, so a new moto cannot silently lose a mend.
    """
    original = getattr(owner, name)

    def decorate(replacement: Callable[..., Any]) -> Callable[..., Any]:
        def mended(self: Any, *args: Any, **kwargs: Any) -> Any:
            return replacement(original, self, *args, **kwargs)

        mended.__name__ = name
        setattr(owner, name, mended)
        return replacement

    return decorate


def added(owner: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds the decorated function to `owner` under its own name.

    Raises AttributeError at start when moto has learned it: then the mend is to be removed.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        if hasattr(owner, method.__name__):
            raise AttributeError(f"moto now has {owner.__name__}.{method.__name__}: remove the mend")
        setattr(owner, method.__name__, method)
        return method

    return decorate
