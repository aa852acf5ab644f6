"""The Data API: statements that have an effect.

AWS executes the SQL. moto answers what a test has queued, and an empty list otherwise, so what was written is never
read again. Here a SQLite in memory stands behind each cluster: enough of PostgreSQL's SQL works in it, and DO blocks
are taken apart into the statements SQLite knows.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.rds.models import rds_backends
from moto.rdsdata.responses import RDSDataServiceResponse

from .patch import around

BLOCK = re.compile(r"\s*do\s+(\$\w*\$)\s*begin(.*)end\s*;?\s*\1\s*$", re.IGNORECASE | re.DOTALL)
CONDITION = re.compile(r"\s*if\s+not\s+exists\s*\((.*?)\)\s*then", re.IGNORECASE | re.DOTALL)
QUOTED = re.compile(r"(\$\w*\$)(.*?)\1", re.DOTALL)


def mend() -> None:
    """Applies the mend of this module."""
    databases: dict[str, sqlite3.Connection] = {}

    @around(RDSDataServiceResponse, "execute_statement")
    def execute(_original: Any, self: Any) -> str:
        cluster = ready(self)
        database = databases.get(cluster.db_cluster_resource_id)
        if database is None:
            database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
            database.create_function("char_length", 1, len, deterministic=True)
            databases[cluster.db_cluster_resource_id] = database
        values = {p["name"]: next(iter(p["value"].values())) for p in self._get_param("parameters") or []}
        rows = run(database, self._get_param("sql"), values)
        records = [[field(value) for value in row] for row in rows]
        return json.dumps({"records": records, "numberOfRecordsUpdated": 0, "generatedFields": []})


def field(value: Any) -> dict[str, Any]:
    """A value as the Data API's union `Field` tells it: whole numbers as longValue, nothing as isNull."""
    match value:
        case None:
            return {"isNull": True}
        case int():
            return {"longValue": value}
        case float():
            return {"doubleValue": value}
        case _:
            return {"stringValue": str(value)}


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


def run(database: sqlite3.Connection, sql: str, values: dict[str, Any]) -> list[Any]:
    """All of the statement takes effect, or nothing of it."""
    database.execute("begin")
    try:
        block = BLOCK.match(sql)
        rows = execute_block(database, block[2]) if block else database.execute(plain(sql), values).fetchall()
    except sqlite3.Error as error:
        database.execute("rollback")
        raise JsonRESTError("DatabaseErrorException", words(error)) from error
    database.execute("commit")
    return rows


def words(error: sqlite3.Error) -> str:
    """PostgreSQL's words for the errors callers tell apart."""
    missing = re.match(r"no such table: (\w+)", str(error))
    return f'ERROR: relation "{missing[1]}" does not exist; SQLState: 42P01' if missing else f"ERROR: {error}"


def plain(sql: str) -> str:
    """The same for SQLite: texts in its own quotes, the time by its own name."""
    sql = QUOTED.sub(lambda m: "'" + m[2].replace("'", "''") + "'", sql)
    return sql.replace("now()", "CURRENT_TIMESTAMP")


def execute_block(database: sqlite3.Connection, body: str) -> list[Any]:
    """The statements of a DO block: conditions, EXECUTE, and what SQLite knows; locks mean nothing here."""
    texts: list[str] = []
    body = QUOTED.sub(lambda m: f"\0{texts.append(m[2]) or len(texts) - 1}\0", body)

    def whole(piece: str) -> str:
        return re.sub("\0(\\d+)\0", lambda m: "'" + texts[int(m[1])].replace("'", "''") + "'", piece)

    runs = True
    for piece in body.split(";"):
        condition = CONDITION.match(piece)
        if condition:
            runs = not database.execute(plain(whole(condition[1]))).fetchall()
            piece = piece[condition.end() :]
        if piece.strip().lower() == "end if":
            runs = True
        elif runs and piece.strip() and not piece.strip().lower().startswith("perform"):
            script = re.match("\\s*execute\\s+\0(\\d+)\0", piece, re.IGNORECASE)
            if script:
                execute_script(database, texts[int(script[1])])
            else:
                database.execute(plain(whole(piece)))
    return []


def execute_script(database: sqlite3.Connection, script: str) -> None:
    """Every statement of a script, in the transaction that is open."""
    statement = ""
    for piece in re.split("(;)", plain(script)):
        statement += piece
        if sqlite3.complete_statement(statement):
            database.execute(statement)
            statement = ""
    if statement.strip():
        database.execute(statement)
