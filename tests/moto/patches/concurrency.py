"""What concerns every service: answers to requests at the same moment."""

from __future__ import annotations

from typing import Any

from moto.core.responses import BaseResponse

from .patch import around


def patch() -> None:
    fields_are_chosen_by_request()


def fields_are_chosen_by_request() -> None:
    """A request decides for itself which optional fields its answer has, such as the tags of a cluster. moto keeps that
    choice in a class, so that a request that asks for no tags takes them from another one at the same moment.
    """

    def alone(original: Any, self: Any, path: str) -> None:
        self.RESPONSE_KEY_PATH_TO_TRANSFORMER = dict(self.RESPONSE_KEY_PATH_TO_TRANSFORMER)
        original(self, path)

    around(BaseResponse, "_include_in_response")(alone)
    around(BaseResponse, "_exclude_from_response")(alone)
