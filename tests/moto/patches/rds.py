"""RDS: the engine versions a region offers, and parameters with their source."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.rds.exceptions import DBParameterGroupNotFoundError, RDSClientError
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend
from moto.rds.responses import RDSResponse

from .patch import added, around

# A region's list is long and moves; a few minors of two majors are enough to choose the newest from.
POSTGRES = ("15.12", "15.13", "15.14", "16.8", "16.9", "16.10")
AURORA = ("15.12", "15.13", "16.8", "16.9", "17.4", "17.5")
VERSIONS = {"postgres": POSTGRES, "aurora-postgresql": AURORA}
DEFAULTS = {"postgres": ("15.14", "16.10"), "aurora-postgresql": ("15.13", "16.9", "17.5")}


def patch() -> None:
    """Applies every patch of this module."""
    engine_versions_are_listed()
    parameters_have_a_source()
    instances_have_their_own_resource_id()
    subnet_group_names_are_unique()
    groups_in_use_stay()
    missing_parameter_groups_are_not_found()


def engine_versions_are_listed() -> None:
    """AWS lists the engine versions a region offers; vidpipe takes the newest minor of a major from it. moto does not
    have the operation and answers HTTP 500, which SDKs retry. Engine, EngineVersion (a full version or its first
    numbers), DefaultOnly and IncludeAll are honoured; engines other than these two have none.
    """

    @added(RDSResponse)
    def describe_db_engine_versions(self: Any) -> ActionResult:
        engine = self.params.get("Engine", "postgres")
        wanted = self.params.get("EngineVersion", "")
        only_default = bool(self.params.get("DefaultOnly"))
        versions = [
            engine_version(engine, version)
            for version in VERSIONS.get(engine, ())
            if (version + ".").startswith(wanted + "." if wanted else "")
            and (version in DEFAULTS[engine] or not only_default)
        ]
        # Asked for the default without a major, AWS answers the one default of the newest major.
        return ActionResult({"DBEngineVersions": versions[-1:] if only_default and not wanted else versions})


def engine_version(engine: str, version: str) -> dict[str, Any]:
    """One entry of DescribeDBEngineVersions."""
    major = version.split(".")[0]
    later = [v for v in VERSIONS[engine] if v.split(".")[0] == major and number(v) > number(version)]
    targets = [{"Engine": engine, "EngineVersion": v, "AutoUpgrade": False} for v in later]
    shown = {
        "Engine": engine,
        "EngineVersion": version,
        "MajorEngineVersion": major,
        "DBParameterGroupFamily": f"{engine}{major}",
        "DBEngineDescription": "PostgreSQL" if engine == "postgres" else "Aurora (PostgreSQL)",
        "DBEngineVersionDescription": f"{engine} {version}-R1",
        "Status": "available",
        "SupportsReadReplica": engine == "postgres",
        "ValidUpgradeTarget": targets,
    }
    if engine != "postgres":
        shown["ServerlessV2FeaturesSupport"] = {"MinCapacity": 0.0, "MaxCapacity": 256.0}
    return shown


def number(version: str) -> tuple[int, ...]:
    """A version in the order versions have."""
    return tuple(int(part) for part in version.split("."))


def parameters_have_a_source() -> None:
    """AWS marks parameters set by ModifyDBParameterGroup with Source `user`; DescribeDBParameters filters by it. moto
    stores the parameter without a source, so a reader asking for `user` parameters finds rds.force_ssl unset.
    """

    @around(DBParameterGroup, "update_parameters")
    def update(original: Any, self: Any, new_parameters: Any) -> None:
        original(self, [{"Source": "user", "IsModifiable": True, **p} for p in new_parameters])

    @around(RDSResponse, "describe_db_parameters")
    def describe(original: Any, self: Any) -> ActionResult:
        answer = original(self)
        source = self.params.get("Source")
        shown = [p for p in answer.result["Parameters"] if source in (None, p.get("Source"))]
        return ActionResult({"Parameters": shown})


def instances_have_their_own_resource_id() -> None:
    """AWS gives every instance its own DbiResourceId; IAM database authentication is granted on it. moto gives all of
    them the same constant, so a policy on a stale id would go unnoticed.
    """

    @around(DBInstance, "__init__")
    def init(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.dbi_resource_id = "db-" + mock_random.get_random_string(length=26).upper()


def subnet_group_names_are_unique() -> None:
    """AWS refuses a second subnet group of the same name with DBSubnetGroupAlreadyExists. moto replaces the first,
    which would hide that a resumed run has to look for it.
    """

    @around(RDSBackend, "create_subnet_group")
    def create(original: Any, self: Any, subnet_name: str, *args: Any, **kwargs: Any) -> Any:
        if subnet_name.lower() in self.subnet_groups:
            raise RDSClientError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{subnet_name}' already exists.")
        return original(self, subnet_name, *args, **kwargs)


def groups_in_use_stay() -> None:
    """AWS refuses to delete a subnet group or a parameter group an instance uses (InvalidDBSubnetGroupStateFault,
    InvalidDBParameterGroupState). moto deletes both, which would hide a wrong order of removal.
    """

    @around(RDSBackend, "delete_subnet_group")
    def delete_subnet_group(original: Any, self: Any, subnet_name: str) -> Any:
        if any(instance._db_subnet_group_name == subnet_name for instance in self.databases.values()):
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}': at least one database instance is still using it.",
            )
        return original(self, subnet_name)

    @around(RDSBackend, "delete_db_parameter_group")
    def delete_parameter_group(original: Any, self: Any, db_parameter_group_name: str) -> Any:
        if any(i.db_parameter_group_name == db_parameter_group_name for i in self.databases.values()):
            raise RDSClientError(
                "InvalidDBParameterGroupState",
                f"One or more database instances are still members of this parameter group {db_parameter_group_name}",
            )
        return original(self, db_parameter_group_name)


def missing_parameter_groups_are_not_found() -> None:
    """AWS answers DBParameterGroupNotFound to DescribeDBParameterGroups for a name that is not there. moto answers an
    empty list.
    """

    @around(RDSBackend, "describe_db_parameter_groups")
    def describe(original: Any, self: Any, db_parameter_group_kwargs: dict[str, Any]) -> Any:
        found = original(self, db_parameter_group_kwargs)
        name = db_parameter_group_kwargs.get("db_parameter_group_name")
        if name and not found:
            raise DBParameterGroupNotFoundError(name)
        return found
