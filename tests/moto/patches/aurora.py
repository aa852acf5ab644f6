"""RDS: Aurora clusters, their Data API endpoint, their parameters and what they leave behind."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBParameterGroupNotFoundError, RDSClientError
from moto.rds.models import DBCluster, DBClusterParameterGroup, DBInstance, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from .patch import added, around
from .rds import VERSIONS

CLASSES = {
    "postgres": ("db.t3.micro", "db.t3.medium", "db.t3.large", "db.m6g.large", "db.r6g.large"),
    "aurora-postgresql": ("db.serverless", "db.t3.medium", "db.r6g.large"),
}


def patch() -> None:
    """Applies every patch of this module."""
    classes_are_listed()
    cluster_names_are_unique()
    members_stand_in_their_clusters_subnets()
    backups_go_with_their_cluster()
    the_data_api_is_turned_on_and_off()
    iam_authentication_is_changed()
    cluster_parameters_have_a_source()
    cluster_parameter_groups_in_use_stay()
    missing_cluster_parameter_groups_are_not_found()


def classes_are_listed() -> None:
    """AWS lists the instance classes of an engine and version, with their zones, and honours DBInstanceClass. moto has
    a fixed list of old versions for Aurora, none for postgres, and ignores the class.
    """

    @around(RDSResponse, "describe_orderable_db_instance_options")
    def describe(_original: Any, self: Any) -> ActionResult:
        engine, asked = self.params.get("Engine", ""), self.params.get("EngineVersion")
        zones = [{"Name": f"{self.region}{letter}"} for letter in "abc"]
        options = [
            {
                "Engine": engine,
                "EngineVersion": version,
                "DBInstanceClass": name,
                "AvailabilityZones": zones,
                "Vpc": True,
            }
            for version in VERSIONS.get(engine, ())
            for name in CLASSES.get(engine, ())
            if asked in (None, version) and self.params.get("DBInstanceClass") in (None, name)
        ]
        return ActionResult({"OrderableDBInstanceOptions": options})


def cluster_names_are_unique() -> None:
    """AWS refuses a second cluster of the same name with DBClusterAlreadyExistsFault. moto replaces the first and then
    refuses because of a snapshot.
    """

    @around(RDSBackend, "create_db_cluster")
    def create(original: Any, self: Any, kwargs: dict[str, Any]) -> Any:
        if kwargs["db_cluster_identifier"].lower() in self.clusters:
            raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
        return original(self, kwargs)


def members_stand_in_their_clusters_subnets() -> None:
    """AWS puts an instance of a cluster into the cluster's subnet group and shows it there. moto shows no group."""

    @around(DBInstance, "__init__")
    def init(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if self.db_cluster_identifier is not None and self._db_subnet_group_name is None:
            cluster = rds_backends[self.account_id][self.region].clusters[self.db_cluster_identifier]
            self.db_subnet_group_name = cluster.db_subnet_group_name


def backups_go_with_their_cluster() -> None:
    """AWS deletes the automated backups with the cluster, and tells of those retained by
    DescribeDBClusterAutomatedBackups. moto keeps automated snapshots for ever, and does not have the operation. Backups
    that are asked to stay are not here.
    """

    @around(RDSBackend, "delete_db_cluster")
    def delete(original: Any, self: Any, cluster_identifier: str, *args: Any, **kwargs: Any) -> Any:
        gone = original(self, cluster_identifier, *args, **kwargs)
        for name, snapshot in list(self.cluster_snapshots.items()):
            if snapshot.snapshot_type == "automated" and snapshot.cluster.db_cluster_identifier == cluster_identifier:
                del self.cluster_snapshots[name]
        return gone

    @added(RDSResponse)
    def describe_db_cluster_automated_backups(_self: Any) -> ActionResult:
        return ActionResult({"DBClusterAutomatedBackups": []})


def the_data_api_is_turned_on_and_off() -> None:
    """AWS has the Data API for Aurora PostgreSQL clusters of any capacity, turned on when the cluster is made or by
    EnableHttpEndpoint, off by DisableHttpEndpoint. moto has it for Serverless v1 only, and neither operation.
    """

    @around(DBCluster, "__init__")
    def init(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self._enable_http_endpoint = bool(kwargs.get("enable_http_endpoint"))

    def switch(response: Any, on: bool) -> ActionResult:
        arn = response.params.get("ResourceArn")
        clusters = [c for c in response.backend.clusters.values() if c.db_cluster_arn == arn]
        if not clusters:
            raise RDSClientError("ResourceNotFoundFault", f"The cluster {arn} was not found.")
        clusters[0]._enable_http_endpoint = on
        return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": on})

    @added(RDSResponse)
    def enable_http_endpoint(self: Any) -> ActionResult:
        return switch(self, on=True)

    @added(RDSResponse)
    def disable_http_endpoint(self: Any) -> ActionResult:
        return switch(self, on=False)


def iam_authentication_is_changed() -> None:
    """AWS turns IAM authentication on and off by ModifyDBCluster. moto keeps the setting under another name than the
    one it changes, and so shows the old one.
    """

    @around(RDSBackend, "modify_db_cluster")
    def modify(original: Any, self: Any, kwargs: dict[str, Any]) -> Any:
        on = kwargs.get("enable_iam_database_authentication")
        cluster = self.clusters.get(kwargs["db_cluster_identifier"])
        if cluster is not None and on is not None:
            cluster.iam_auth = on
        return original(self, kwargs)


def cluster_parameters_have_a_source() -> None:
    """AWS marks parameters set by ModifyDBClusterParameterGroup with Source `user`, filters by it, and takes them back
    by ResetDBClusterParameterGroup. moto stores them without a source and does not have the last.
    """

    @around(DBClusterParameterGroup, "update_cluster_parameters")
    def update(original: Any, self: Any, new_parameters: Any) -> None:
        original(self, [{"Source": "user", "IsModifiable": True, **p} for p in new_parameters])

    @around(RDSResponse, "describe_db_cluster_parameters")
    def describe(original: Any, self: Any) -> ActionResult:
        source = self.params.get("Source")
        shown = [p for p in original(self).result["Parameters"] if source in (None, p.get("Source"))]
        return ActionResult({"Parameters": shown})

    @added(RDSResponse)
    def reset_db_cluster_parameter_group(self: Any) -> ActionResult:
        name = self.params.get("DBClusterParameterGroupName")
        group = self.backend.db_cluster_parameter_groups.get(name)
        if group is None:
            raise DBParameterGroupNotFoundError(name)
        if self.params.get("ResetAllParameters"):
            group.parameters.clear()
        for parameter in self.params.get("Parameters", []):
            group.parameters.pop(parameter["ParameterName"], None)
        return ActionResult({"DBClusterParameterGroupName": name})


def cluster_parameter_groups_in_use_stay() -> None:
    """AWS refuses to delete a cluster parameter group or a subnet group a cluster uses. moto deletes both, which would
    hide a wrong order of removal.
    """

    @around(RDSBackend, "delete_db_cluster_parameter_group")
    def delete_parameters(original: Any, self: Any, db_cluster_parameter_group_name: str) -> Any:
        if any(c.parameter_group == db_cluster_parameter_group_name for c in self.clusters.values()):
            raise RDSClientError(
                "InvalidDBParameterGroupState",
                f"One or more database clusters are members of this parameter group {db_cluster_parameter_group_name}",
            )
        return original(self, db_cluster_parameter_group_name)

    @around(RDSBackend, "delete_subnet_group")
    def delete_subnets(original: Any, self: Any, subnet_name: str) -> Any:
        if any(c.db_subnet_group_name == subnet_name for c in self.clusters.values()):
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}': at least one database cluster is still using it.",
            )
        return original(self, subnet_name)


def missing_cluster_parameter_groups_are_not_found() -> None:
    """AWS answers DBParameterGroupNotFound for a cluster parameter group that is not there. moto deletes, describes and
    lists nothing without a word, or with another code.
    """

    @around(RDSResponse, "describe_db_cluster_parameter_groups")
    def describe(original: Any, self: Any) -> ActionResult:
        need(self)
        return original(self)

    @around(RDSResponse, "delete_db_cluster_parameter_group")
    def delete(original: Any, self: Any) -> ActionResult:
        need(self)
        return original(self)

    def need(response: Any) -> None:
        name = response.params.get("DBClusterParameterGroupName")
        if name is not None and name not in response.backend.db_cluster_parameter_groups:
            raise DBParameterGroupNotFoundError(name)
