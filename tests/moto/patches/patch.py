"""The one way a patch gets into moto: replacing a method and keeping the original at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def around(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replaces `owner.name` by the decorated function, which is called as `f(original, self, ...)`.

    Raises AttributeError at start when moto no longer has the method, so a new moto cannot silently lose a patch.
    """
    original = getattr(owner, name)

    def decorate(replacement: Callable[..., Any]) -> Callable[..., Any]:
        def patched(self: Any, *args: Any, **kwargs: Any) -> Any:
            return replacement(original, self, *args, **kwargs)

        patched.__name__ = name
        setattr(owner, name, patched)
        return replacement

    return decorate


def added(owner: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds the decorated function to `owner` under its own name.

    Raises AttributeError at start when moto has learned it: then the patch is to be removed.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        if hasattr(owner, method.__name__):
            raise AttributeError(f"moto now has {owner.__name__}.{method.__name__}: remove the patch")
        setattr(owner, method.__name__, method)
        return method

    return decorate
