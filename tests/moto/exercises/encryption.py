"""KMS key and alias; secrets."""

from __future__ import annotations

import json

from .world import SUFFIX, World, holds, refused, tagged, tags


def make(world: World) -> None:
    """Makes the key, its alias, and a secret encrypted with it."""
    make_key(world)
    make_secret(world)


def make_key(world: World) -> None:
    """A key with a policy and rotation, and an alias for it."""
    kms = world.client("kms")
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [root]})
    made = kms.create_key(Policy=policy, Description="exercise", Tags=tags("TagKey", "TagValue"))["KeyMetadata"]
    key, arn = made["KeyId"], made["Arn"]
    world.ids["key"] = arn
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == json.loads(policy)
    tagged(kms.list_resource_tags(KeyId=key)["Tags"])
    kms.disable_key(KeyId=arn)
    kms.enable_key(KeyId=arn)
    world.on_removal(
        "kms.key",
        lambda: holds(
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7),
            {"KeyState": "PendingDeletion", "PendingWindowInDays": 7},
        ),
        "KMSInvalidStateException",
    )
    alias = f"alias/vidpipe-{SUFFIX}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    refused(lambda: kms.create_alias(AliasName=alias, TargetKeyId=key), "AlreadyExistsException")
    holds(kms.describe_key(KeyId=alias)["KeyMetadata"], {"Arn": arn, "KeyState": "Enabled", "Enabled": True})
    holds(kms.list_aliases(KeyId=key)["Aliases"], [{"AliasName": alias, "TargetKeyId": key}])
    world.on_removal("kms.alias", lambda: kms.delete_alias(AliasName=alias), "NotFoundException")


def make_secret(world: World) -> None:
    """A generated password in a secret; a second version written back."""
    secrets = world.client("secretsmanager")
    word = secrets.get_random_password(PasswordLength=32, ExcludeCharacters="/@\" \\'")["RandomPassword"]
    assert len(word) == 32 and not set(word) & set("/@\" \\'"), "the password is not as asked"
    name = f"db-secret-{SUFFIX}"
    request = {
        "Name": name,
        "Description": "exercise",
        "KmsKeyId": world.ids["key"],
        "ClientRequestToken": "1" * 32,
        "SecretString": json.dumps({"username": "postgres", "password": word}),
    }
    made = secrets.create_secret(**request, Tags=tags())
    assert secrets.create_secret(**request, Tags=tags())["ARN"] == made["ARN"], "the token made another secret"
    refused(lambda: secrets.create_secret(Name=name, SecretString="other"), "ResourceExistsException")
    found = secrets.describe_secret(SecretId=name)
    holds(found, {"ARN": made["ARN"], "KmsKeyId": world.ids["key"], "Description": "exercise"})
    tagged(found["Tags"])
    secrets.put_secret_value(SecretId=name, ClientRequestToken="2" * 32, SecretString='{"host": "db"}')
    holds(secrets.get_secret_value(SecretId=name), {"SecretString": '{"host": "db"}', "VersionId": "2" * 32})
    world.ids["secret"] = made["ARN"]
    # AWS documents no error for a second forced deletion.
    world.on_removal(
        "secretsmanager.secret",
        lambda: secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True),
        look=lambda: secrets.describe_secret(SecretId=name),
        gone=("ResourceNotFoundException",),
    )
