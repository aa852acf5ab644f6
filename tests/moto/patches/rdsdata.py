"""The Data API: statements that have an effect.

AWS executes the SQL. moto answers what a test has queued, and an empty list otherwise, so what was written is never
read again. Here a database stands behind each cluster.
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.rds.models import rds_backends
from moto.rdsdata.responses import RDSDataServiceResponse

from postgres import Database, Refused

from .patch import around


def patch() -> None:
    """Applies the patch of this module."""
    databases: dict[str, Database] = {}

    @around(RDSDataServiceResponse, "execute_statement")
    def execute(_original: Any, self: Any) -> str:
        database = databases.setdefault(ready(self).db_cluster_resource_id, Database())
        try:
            return json.dumps(database.execute(self._get_param("sql"), self._get_param("parameters") or []))
        except Refused as refused:
            raise JsonRESTError("DatabaseErrorException", str(refused)) from refused


def ready(response: Any) -> Any:
    """The cluster a statement is for; the secret must be its own, its endpoint on, and a writer there."""
    arn, secret = response._get_param("resourceArn"), response._get_param("secretArn")
    clusters = rds_backends[response.current_account][response.region].clusters.values()
    cluster = next((c for c in clusters if c.db_cluster_arn == arn), None)
    if cluster is None:
        raise JsonRESTError("BadRequestException", f"DB cluster {arn} not found")
    if not cluster.http_endpoint_enabled:
        raise JsonRESTError("HttpEndpointNotEnabledException", f"HttpEndpoint is not enabled for resource {arn}")
    if not cluster.members:
        raise JsonRESTError("DatabaseNotFoundException", "The DB cluster doesn't have a DB instance.")
    if cluster.manage_master_user_password and cluster.master_user_secret.secret_arn != secret:
        raise JsonRESTError("SecretsErrorException", "The secret provided wasn't found.")
    return cluster
