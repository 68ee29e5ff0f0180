"""`manage.py mirakl`: any call to Mirakl from a terminal (docs/client.md)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.connections import calling
from backoffice.mirakl import Connect
from backoffice.mirakl.downloads import Download
from backoffice.mirakl.errors import MiraklError
from backoffice.mirakl.operations import Operation


class Command(BaseCommand):
    help = "Calls an operation of Mirakl and prints the JSON of its answer, or saves the file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("family", nargs="?", default="", help="connect")
        parser.add_argument("operation", nargs="?", default="", help="its id or its method: v2-listOrders, list_orders")
        parser.add_argument("--list", action="store_true", help="prints the operations and calls none")
        several: dict[str, Any] = {"action": "append", "default": []}
        parser.add_argument("--path", **several, metavar="NAME=VALUE", help="fills in {NAME} in the operation's path")
        parser.add_argument("--query", **several, metavar="NAME=VALUE", help="a parameter; an array is its name again")
        parser.add_argument("--body", metavar="FILE", help="the JSON to send; - is the standard input")
        parser.add_argument("--file", **several, metavar="PART=FILE", help="a part of a multipart body")
        parser.add_argument("--connection", type=int, metavar="ID", help="whose credentials and pace are used")
        parser.add_argument("--base-url", metavar="URL", help="together with --token, instead of a connection")
        parser.add_argument("--token", metavar="T", help="a bearer token, sent as it is")
        parser.add_argument(
            "--output", metavar="FILE", help="where the answer goes; never a file that is there already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self._list(options["family"])
            else:
                self._call(options)
        except MiraklError as error:
            request_id = getattr(error, "request_id", "")
            raise CommandError(_visible(f"{error}" + (f" Request id: {request_id}." if request_id else ""))) from None
        except OSError as error:
            raise CommandError(f"The answer could not be written: {error.strerror}.") from None
        except ValueError as error:
            raise CommandError(_visible(str(error))) from None

    def _list(self, family: str) -> None:
        rows = calling.table(family)
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def _call(self, options: dict[str, Any]) -> None:
        if not options["family"] or not options["operation"]:
            raise ValueError("Say which family and which operation: connect v2-listOrders. --list shows them all.")
        operation = calling.operation_named(options["family"], options["operation"])
        client = self._client(operation, options)
        if operation.deprecated:
            self.stderr.write(f"{operation.id} is deprecated at Mirakl.")
        if operation.name.startswith("download_"):
            self._download(client, operation, options)
        else:
            self._exchange(client, operation, options)

    def _client(self, operation: Operation, options: dict[str, Any]) -> Connect:
        connection_id, base_url, token = options["connection"], options["base_url"], options["token"]
        if connection_id is not None and base_url is None and token is None:
            return calling.client_of(connection_id, options["family"], operation)
        if connection_id is None and base_url and token:
            return calling.client_with(base_url, token)
        raise ValueError("Say who calls: either --connection ID, or both --base-url URL and --token T.")

    def _exchange(self, client: Connect, operation: Operation, options: dict[str, Any]) -> None:
        path, query = calling.path_of(operation, options["path"]), calling.pairs("--query", options["query"])
        body, parts = calling.body_of(operation, options["body"]), calling.parts_of(operation, options["file"])
        if body is not None and parts:
            raise ValueError("A call has one body: either --body or --file.")
        if options["output"]:
            with calling.new_file(Path(options["output"])) as file:
                answer = client.call_raw(operation, path, query=query, json=body, parts=parts)
                try:
                    file.write(answer)
                    file.flush()
                except OSError:  # the id of an action is told only once
                    self._print(answer)
                    raise
            self.stdout.write(f"The answer was saved as {options['output']}.")
            return
        answer = client.call_raw(operation, path, query=query, json=body, parts=parts)
        if answer:
            self._print(answer)
        else:
            self.stderr.write("Mirakl took it; the answer is empty.")

    def _print(self, answer: bytes) -> None:
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(_visible(answer.decode(errors="replace"), encoding))

    def _download(self, client: Connect, operation: Operation, options: dict[str, Any]) -> None:
        path, query = calling.path_of(operation, options["path"]), calling.pairs("--query", options["query"])
        calling.body_of(operation, options["body"])
        calling.parts_of(operation, options["file"])
        if options["output"]:
            where = Path(options["output"])
            with calling.new_file(where) as file:
                download = client.download_raw(operation, path, file, query=query)
        else:
            with TemporaryFile() as unnamed:
                download = client.download_raw(operation, path, unnamed, query=query)
                where = calling.unused(Path.cwd(), download.filename)
                unnamed.seek(0)
                with calling.new_file(where) as file:
                    shutil.copyfileobj(unnamed, file)
        self._tell(download, where)

    def _tell(self, download: Download, where: Path) -> None:
        self.stdout.write(_visible(f"{download.size:,} bytes of {download.content_type} were saved as {where}."))


def _visible(text: str, encoding: str = "utf-8") -> str:
    """What a stranger wrote must not command the terminal: whatever cannot be seen is escaped as in JSON, and so is
    what the terminal has no character for."""

    def shown(one: str) -> bool:
        return one == "\n" or (one.isprintable() and bool(one.encode(encoding, "ignore")))

    return "".join(one if shown(one) else json.dumps(one)[1:-1] for one in text)
