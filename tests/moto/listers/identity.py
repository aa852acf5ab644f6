"""KMS, Secrets Manager, IAM."""

from __future__ import annotations

from typing import Any

from .account import Account


def everything(account: Account) -> dict[str, list[Any]]:
    """Keys, aliases, secrets (never their values), roles and policies."""
    return {
        "kms:key": keys(account),
        "kms:alias": aliases(account),
        "secretsmanager:secret": secrets(account),
        "iam:role": roles(account),
        "iam:policy": account.every("iam", "list_policies", "Policies", Scope="Local"),
    }


def keys(account: Account) -> list[Any]:
    """Customer-managed keys with rotation, policy and tags."""
    kms, found = account.client("kms"), []
    for entry in account.every("kms", "list_keys", "Keys"):
        key = kms.describe_key(KeyId=entry["KeyId"])["KeyMetadata"]
        if key["KeyManager"] == "AWS":
            continue
        if key["KeyState"] != "PendingDeletion":
            key["KeyRotationEnabled"] = kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
            key["Policy"] = kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]
            key["Tags"] = account.every("kms", "list_resource_tags", "Tags", KeyId=key["KeyId"])
        found.append(key)
    return found


def aliases(account: Account) -> list[Any]:
    """Aliases other than AWS's own."""
    found = account.every("kms", "list_aliases", "Aliases")
    return [alias for alias in found if not alias["AliasName"].startswith("alias/aws/")]


def secrets(account: Account) -> list[Any]:
    """Secrets, also those scheduled for deletion; of their versions only the stages."""
    found = account.every("secretsmanager", "list_secrets", "SecretList", IncludePlannedDeletion=True)
    for secret in found:
        secret["SecretVersionsToStages"] = secret.get("SecretVersionsToStages", {})
    return found


def roles(account: Account) -> list[Any]:
    """Roles with their inline policies, attachments and tags; not the service-linked ones, which are AWS's."""
    iam, found = account.client("iam"), []
    for entry in account.every("iam", "list_roles", "Roles"):
        if entry["Path"].startswith("/aws-service-role/"):
            continue
        name = entry["RoleName"]
        role = iam.get_role(RoleName=name)["Role"]
        names = account.every("iam", "list_role_policies", "PolicyNames", RoleName=name)
        role["InlinePolicies"] = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in names
        }
        attached = account.every("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        role["AttachedPolicies"] = [policy["PolicyArn"] for policy in attached]
        role["Tags"] = account.every("iam", "list_role_tags", "Tags", RoleName=name)
        found.append(role)
    return found
