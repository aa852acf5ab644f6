"""SNS: subscriptions that wait for somebody to confirm them."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend
from moto.sns.responses import SNSResponse

from .patch import around

# https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
TO_CONFIRM = ("email", "email-json", "http", "https")


def patch() -> None:
    """Applies every patch of this module."""
    mails_are_pending()
    pending_ones_are_listed_without_an_arn()
    pending_ones_stay()


def mails_are_pending() -> None:
    """On AWS a subscription by e-mail is pending until somebody confirms it. moto's are confirmed at once."""

    @around(SNSBackend, "subscribe")
    def subscribe(original: Any, self: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
        known = self._find_subscription(topic_arn, endpoint, protocol)
        subscription = original(self, topic_arn, endpoint, protocol)
        if protocol in TO_CONFIRM and known is None:
            subscription.attributes["PendingConfirmation"] = "true"
            subscription.attributes["ConfirmationWasAuthenticated"] = "false"
        return subscription


def is_pending(subscription: Any) -> bool:
    """Whether nobody has confirmed it."""
    return subscription.attributes.get("PendingConfirmation") == "true"


def pending_ones_are_listed_without_an_arn() -> None:
    """AWS lists a pending subscription as PendingConfirmation, and answers Subscribe with "pending confirmation" unless
    ReturnSubscriptionArn is set. moto tells the ARN.
    """

    @around(SNSResponse, "subscribe")
    def subscribe(original: Any, self: Any) -> Any:
        answer = original(self)
        asked = (self._get_param(name) for name in ("TopicArn", "Endpoint", "Protocol"))
        tells = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
        if is_pending(self.backend._find_subscription(*asked)) and not tells:
            return ActionResult({"SubscriptionArn": "pending confirmation"})
        return answer

    for name in ("list_subscriptions", "list_subscriptions_by_topic"):

        @around(SNSResponse, name)
        def listed(original: Any, self: Any) -> Any:
            answer = original(self)
            answer.result["Subscriptions"] = [shown(subscription) for subscription in answer.result["Subscriptions"]]
            return answer


def shown(subscription: Any) -> dict[str, Any]:
    """A subscription as AWS lists it."""
    return {
        "SubscriptionArn": "PendingConfirmation" if is_pending(subscription) else subscription.arn,
        "TopicArn": subscription.topic.arn,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "Owner": subscription.account_id,
    }


def pending_ones_stay() -> None:
    """AWS does not let anybody remove a subscription that is pending. moto does."""

    @around(SNSBackend, "unsubscribe")
    def unsubscribe(original: Any, self: Any, subscription_arn: str) -> None:
        subscription = self.subscriptions.get(subscription_arn)
        if subscription is not None and is_pending(subscription):
            raise SNSInvalidParameter("Invalid parameter: SubscriptionArn Reason: it is pending confirmation")
        original(self, subscription_arn)
