"""EFS: access points with tokens, and the second deletion that is told so."""

from __future__ import annotations

import json
from typing import Any

from moto.efs.exceptions import AccessPointNotFound, EFSError, FileSystemNotFound
from moto.efs.models import AccessPoint, EFSBackend
from moto.efs.responses import EFSResponse

from .patch import added, around


class AccessPointAlreadyExists(EFSError):
    """https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html"""

    code = 409

    def __init__(self, access_point_id: str):
        super().__init__("AccessPointAlreadyExists", f"Access point '{access_point_id}' already exists.")


def patch() -> None:
    """Applies every patch of this module."""
    access_point_tokens_are_honoured()
    second_deletion_is_not_found()
    unknown_file_systems_are_refused()
    file_systems_change()
    policies_can_be_taken_away()


def access_point_tokens_are_honoured() -> None:
    """AWS refuses a CreateAccessPoint whose ClientToken it has seen with AccessPointAlreadyExists. moto makes a second
    access point, so a repeated request after a lost answer would leak one.
    """

    @around(EFSBackend, "create_access_point")
    def create(original: Any, self: Any, client_token: str, **kwargs: Any) -> AccessPoint:
        for present in self.access_points.values():
            if client_token and present.client_token == client_token:
                raise AccessPointAlreadyExists(present.access_point_id)
        return original(self, client_token=client_token, **kwargs)


def second_deletion_is_not_found() -> None:
    """AWS answers AccessPointNotFound to the deletion of an access point that is gone. moto answers success."""

    @around(EFSBackend, "delete_access_point")
    def delete(original: Any, self: Any, access_point_id: str) -> None:
        if access_point_id not in self.access_points:
            raise AccessPointNotFound(access_point_id)
        original(self, access_point_id)


def unknown_file_systems_are_refused() -> None:
    """AWS answers FileSystemNotFound when the policy of a file system that is gone is read or written. moto answers
    HTTP 500 (a KeyError), which SDKs retry.
    """

    @around(EFSBackend, "put_file_system_policy")
    def put(original: Any, self: Any, file_system_id: str, *args: Any, **kwargs: Any) -> None:
        if file_system_id not in self.file_systems_by_id:
            raise FileSystemNotFound(file_system_id)
        original(self, file_system_id, *args, **kwargs)

    @around(EFSBackend, "describe_file_system_policy")
    def describe(original: Any, self: Any, file_system_id: str) -> str:
        if file_system_id not in self.file_systems_by_id:
            raise FileSystemNotFound(file_system_id)
        return original(self, file_system_id)


def file_systems_change() -> None:
    """AWS changes the throughput mode in UpdateFileSystem and automatic backups in PutBackupPolicy. moto has neither
    and answers HTTP 500, which SDKs retry.
    """

    @added(EFSResponse)
    def update_file_system(self: Any) -> Any:
        system = file_system(self)
        system.throughput_mode = self._get_param("ThroughputMode") or system.throughput_mode
        provisioned = self._get_param("ProvisionedThroughputInMibps")
        system.provisioned_throughput_in_mibps = provisioned or system.provisioned_throughput_in_mibps
        return json.dumps(system.info_json()), {"status": 202, "Content-Type": "application/json"}

    @added(EFSResponse)
    def put_backup_policy(self: Any) -> Any:
        wanted = self._get_param("BackupPolicy")
        file_system(self)._backup = wanted["Status"] == "ENABLED"
        return json.dumps({"BackupPolicy": wanted}), {"Content-Type": "application/json"}


def policies_can_be_taken_away() -> None:
    """AWS's DeleteFileSystemPolicy takes the policy away, also when there is none. moto does not have it and answers
    HTTP 500.
    """

    @added(EFSResponse)
    def delete_file_system_policy(self: Any) -> Any:
        file_system(self).file_system_policy = None
        return "", {"status": 200, "Content-Type": "application/json"}


def file_system(response: Any) -> Any:
    """The file system a request names."""
    identifier = response._get_param("FileSystemId")
    systems = response.efs_backend.file_systems_by_id
    if identifier not in systems:
        raise FileSystemNotFound(identifier)
    return systems[identifier]
