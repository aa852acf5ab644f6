"""PostgreSQL as far as vidpipe's migrations need it: a SQLite in memory, in which enough of PostgreSQL's SQL works. DO
blocks are taken apart into the statements SQLite knows.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

BLOCK = re.compile(r"\s*do\s+(\$\w*\$)\s*begin(.*)end\s*;?\s*\1\s*$", re.IGNORECASE | re.DOTALL)
CONDITION = re.compile(r"\s*if\s+not\s+exists\s*\((.*?)\)\s*then", re.IGNORECASE | re.DOTALL)
QUOTED = re.compile(r"(\$\w*\$)(.*?)\1", re.DOTALL)


class Refused(Exception):
    """What PostgreSQL says against a statement."""


class Database:
    """One that is empty."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.database.create_function("char_length", 1, len, deterministic=True)

    def execute(self, sql: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
        """What the Data API answers to a statement."""
        values = {parameter["name"]: next(iter(parameter["value"].values())) for parameter in parameters}
        rows = run(self.database, sql, values)
        records = [[field(value) for value in row] for row in rows]
        return {"records": records, "numberOfRecordsUpdated": 0, "generatedFields": []}


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


def run(database: sqlite3.Connection, sql: str, values: dict[str, Any]) -> list[Any]:
    """All of the statement takes effect, or nothing of it."""
    database.execute("begin")
    try:
        block = BLOCK.match(sql)
        rows = execute_block(database, block[2]) if block else database.execute(plain(sql), values).fetchall()
    except sqlite3.Error as error:
        database.execute("rollback")
        raise Refused(words(error)) from error
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
