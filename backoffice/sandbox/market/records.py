"""The records that actions change, read from the state file and written back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.dates import micros, moment_of, parse, written
from backoffice.sandbox.market.kind import Json, Record, Table
from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.returning import moves as returning_moves

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store

MILLISECOND = 1000  # in microseconds
LATEST = micros(datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC))  # behind it there is no date


def find(store: Store, table: Table, record_id: str) -> Record | None:
    """An order that was put in as raw text may lack anything; what it is known by is always there."""
    private = "private" if table == "orders" else "'{}'"
    status = "NULL" if table == "conversations" else "status"
    sql = f"SELECT updated_at, {status}, body, {private} FROM {table} WHERE id = ?"  # noqa: S608 -- constant names
    rows = store.rows(sql, (record_id,))
    if not rows:
        return None
    updated_at, known, body, kept = rows[0]
    found = from_json(body)
    defaults = {"id": record_id} if known is None else {"id": record_id, "status": known}
    return Record(
        table, record_id, updated_at, {**defaults, **(found if isinstance(found, dict) else {})}, from_json(kept)
    )


def known(store: Store, table: Table, record_id: str) -> Record:
    """The same for a record that somebody names by hand. Raises LookupError."""
    found = find(store, table, record_id)
    if found is None:
        raise LookupError(f"There is no {table.removesuffix('s')} {record_id!r}.")
    return found


def touch(record: Record, now: datetime) -> None:
    """Two changes within one millisecond still have two moments, or a reader could not tell them apart."""
    moment = written(max(now, moment_of(min(record.updated_at + MILLISECOND, LATEST))))
    record.body["updated_at"] = moment
    if record.table != "conversations":
        record.body["channel_updated_at"] = moment


def save(store: Store, record: Record) -> None:
    """Write the record's text and all that is looked for in it."""
    columns = {"updated_at": micros(parse(record.body["updated_at"])), "body": to_json(record.body)}
    columns |= _COLUMNS[record.table](record)
    names = ", ".join(f"{name} = ?" for name in columns)
    store.change(f"UPDATE {record.table} SET {names} WHERE id = ?", [*columns.values(), record.id])  # noqa: S608 -- constant names


def _of_order(record: Record) -> dict[str, Any]:
    return {
        "status": str(record.body.get("status")),
        "fulfillment_type": moves.fulfillment_type(record.body),
        "moves_at": moves.moves_at(record.body),
        "private": to_json(record.private),
    }


def _of_return(record: Record) -> dict[str, Any]:
    return {
        "status": str(record.body.get("status")),
        "order_id": record.body["order_id"],
        "moves_at": returning_moves.moves_at(record.body),
    }


def _of_conversation(record: Record) -> dict[str, Any]:
    entity: Json = record.body["entity"]
    return {
        "channel_entity_id": entity["channel_entity_id"],
        "entity_id": entity.get("id"),
        "anonymised": record.body.get("anonymized_at") is not None,
    }


_COLUMNS = {"orders": _of_order, "returns": _of_return, "conversations": _of_conversation}
