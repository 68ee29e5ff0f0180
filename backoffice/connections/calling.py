"""Any call to Mirakl from the words of a terminal. What is wrong with them is a ValueError with a sentence."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

import msgspec
from django.core.exceptions import ValidationError

from backoffice.connections import addresses, clients
from backoffice.connections.enums import READING, Family, State
from backoffice.connections.models import Connection
from backoffice.connections.validators import validate_mirakl_url
from backoffice.mirakl import Connect
from backoffice.mirakl.connect import operations
from backoffice.mirakl.operations import Operation
from backoffice.mirakl.transport import Part, file_part, json_part

FAMILIES: Mapping[str, Mapping[str, Operation]] = {Family.CONNECT.value: operations.OPERATIONS}
JSON_PARTS = ("metadata", "conversation", "message_input")  # of multipart bodies, by the contract


def table(family: str = "") -> list[tuple[str, ...]]:
    """Every operation of the family, or of all: a heading, then a row for each."""
    chosen = [family_named(family)] if family else list(FAMILIES.values())
    rows = [_row(operation) for some in chosen for operation in some.values()]
    return [("family", "operation", "or", "method", "path", "pace", "outcome", ""), *rows]


def family_named(name: str) -> Mapping[str, Operation]:
    if name not in FAMILIES:
        raise ValueError(f"There is no client for the family {name!r}, only for: {', '.join(FAMILIES)}.")
    return FAMILIES[name]


def operation_named(family: str, name: str) -> Operation:
    """By Mirakl's id (`v2-listOrders`) or by the name of our method (`list_orders`)."""
    found = {operation.name: operation for operation in family_named(family).values()}
    found |= family_named(family)
    if name in found:
        return found[name]
    close = get_close_matches(name, found, n=2)
    raise ValueError(
        f"{family} has no operation {name!r}. "
        + (f"Did you mean {' or '.join(close)}?" if close else "--list shows them all.")
    )


def client_of(connection_id: int, family: str, operation: Operation) -> Connect:
    """The client of this connection, if its state lets this operation be called."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        known = ", ".join(f"{pk} ({name})" for pk, name in Connection.objects.values_list("pk", "name")[:20])
        raise ValueError(f"There is no connection {connection_id}. " + (f"There are: {known}." if known else ""))
    if connection.family != family:
        raise ValueError(f"The connection {connection.name!r} is one of the family {connection.family}, not {family}.")
    if connection.state not in READING:
        raise ValueError(
            f"Nothing is read or sent through {connection.name!r} at present: {connection.get_state_display()}."
        )
    if not operation.repeatable and connection.state != State.ACTIVE:
        raise ValueError(
            f"Nothing is sent through {connection.name!r}: it only observes, and {operation.id} may change something."
        )
    return clients.connect(connection)


def client_with(base_url: str, token: str) -> Connect:
    """A client with a token as it is. The token may only travel encrypted, or stay on this machine."""
    url = addresses.base_url(base_url, Family.CONNECT)
    try:
        validate_mirakl_url(url)
    except ValidationError as error:
        raise ValueError(f"--base-url: {error.message}") from None
    return clients.connect_with_token(url, token)


def path_of(operation: Operation, words: Sequence[str]) -> dict[str, str]:
    """The values of exactly the names in the operation's path."""
    said = pairs("--path", words)
    wanted = re.findall(r"{(\w+)}", operation.path)
    path = dict(said)
    for name, _ in said:
        if name not in wanted:
            names = ", ".join(wanted) or "nothing to fill in"
            raise ValueError(f"--path: there is no {name!r} in {operation.path}, but {names}.")
    for name in wanted:
        if [key for key, _ in said].count(name) != 1:
            raise ValueError(f"--path {name}=… is needed once, for {operation.path}.")
    return path


def pairs(option: str, words: Sequence[str]) -> list[tuple[str, str]]:
    """`name=value` of every word; a name may come again."""
    found = []
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise ValueError(f"{option} is written name=value, not {word!r}.")
        found.append((name, value))
    return found


def body_of(operation: Operation, source: str | None) -> msgspec.Raw | None:
    """The JSON of a file, or of the standard input for "-", byte by byte; None where none is given."""
    if source is None:
        return None
    if operation.method == "GET":
        raise ValueError(f"--body: {operation.id} is a GET, which has none.")
    return _json("--body", sys.stdin.buffer.read() if source == "-" else read_file(source))


def parts_of(operation: Operation, words: Sequence[str]) -> list[Part]:
    """A part for every `part=FILE`. One that the contract has as JSON, or that comes from a .json file, is JSON."""
    if words and operation.method == "GET":
        raise ValueError(f"--file: {operation.id} is a GET, to which no file is sent.")
    found = []
    for name, source in pairs("--file", words):
        content = read_file(source)
        if name in JSON_PARTS or (name not in ("file", "files") and source.endswith(".json")):
            found.append(json_part(name, _json(f"--file {name}", content)))
        else:
            found.append(file_part(name, Path(source).name, content))
    return found


def read_file(source: str) -> bytes:
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise ValueError(f"{source}: {error.strerror}.") from None


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there before; it is taken away again where something goes wrong."""
    try:
        file = path.open("x+b")
    except FileExistsError:
        raise ValueError(f"{path} is there already, and is not overwritten.") from None
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}.") from None
    try:
        with file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def unused(folder: Path, name: str) -> Path:
    """`name` in this folder, with a number if there is such a file."""
    stem, suffix = Path(name).stem, Path(name).suffix
    number, path = 0, folder / name
    while path.exists() or path.is_symlink():
        number += 1
        path = folder / f"{stem}({number}){suffix}"
    return path


def _json(what: str, content: bytes) -> msgspec.Raw:
    try:
        msgspec.json.decode(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{what} is no JSON: {error}.") from None
    return msgspec.Raw(content)


def _row(operation: Operation) -> tuple[str, ...]:
    return (
        operation.family,
        operation.id,
        operation.name,
        operation.method,
        operation.path,
        _pace(operation),
        operation.outcome.value,
        "deprecated" if operation.deprecated else "",
    )


def _pace(operation: Operation) -> str:
    if operation.pace is None:
        return "on need"
    times = f"{operation.pace.calls} in {operation.pace.seconds:g} s"
    return f"{times} per {operation.pace.per}" if operation.pace.per else times
