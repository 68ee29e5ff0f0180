"""`manage.py mirakl` against the sandbox: every word of the command line, what it prints, saves and refuses."""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from backoffice.connections.enums import Family, State
from backoffice.connections.models import Connection
from backoffice.mirakl.connect.operations import OPERATIONS
from tests.mirakl.scripted import Scripted
from tests.sandbox.calling import bearer
from tests.sandbox_server import RunningSandbox

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    working = tmp_path / "here"
    working.mkdir()
    monkeypatch.chdir(working)
    return working


def run(*words: Any, error: io.StringIO | None = None) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("mirakl", *map(str, words), stdout=out, stderr=error or io.StringIO())
    return out.getvalue()


def refusal(*words: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(*words)
    assert caught.value.returncode == 1
    return str(caught.value)


@pytest.fixture
def by_connection(connection: Connection) -> Run:
    return lambda *words: run("connect", *words, "--connection", connection.pk)


@pytest.fixture
def by_token(sandbox: RunningSandbox) -> Run:
    token = bearer(sandbox)["Authorization"].split()[1]
    return lambda *words: run("connect", *words, "--base-url", sandbox.connect_url, "--token", token)


def test_table_lists_every_operation_with_its_pace_and_outcome() -> None:
    heading, *rows = [re.split(" {2,}", line) for line in run("--list").splitlines()]

    assert heading == ["family", "operation", "or", "method", "path", "pace", "outcome"]
    assert {row[1] for row in rows} == set(OPERATIONS)
    found = {row[1]: row[2:] for row in rows}
    assert found["v2-acceptOrderLines"] == [
        "accept_order_lines",
        "PUT",
        "/v2/orders/{order_id}/accept",
        "on need",
        "tracked",
    ]
    assert found["v2-getActionStatus"][3:] == ["1 in 60 s per action_id", "now"]
    assert found["listOrders"] == ["list_orders_v1", "GET", "/orders", "1 in 60 s", "now", "deprecated"]
    assert run("connect", "--list") == run("--list")


@pytest.mark.parametrize("name", ["v2-listOrders", "list_orders"])
def test_reading_prints_the_json_with_amounts_as_they_came(
    sandbox: RunningSandbox, by_connection: Run, name: str
) -> None:
    sandbox.put_raw_order('{"id": "0001_é", "price": 10.10, "updated_at": "2026-01-01T00:00:00Z", "order_lines": []}')

    printed = by_connection(name, "--query", "order_ids=0001_é", "--query", "order_ids=other", "--query", "limit=1")

    assert json.loads(printed)["data"][0]["id"] == "0001_é"
    assert '"price": 10.10' in printed
    assert sandbox.journal()[-1]["query"] == {"order_ids": ["0001_é", "other"], "limit": ["1"]}


def test_token_is_used_as_it_is(sandbox: RunningSandbox, by_token: Run) -> None:
    order_id = sandbox.place_order()["id"]

    assert json.loads(by_token("list_orders"))["data"][0]["id"] == order_id
    assert [entry["operation"] for entry in sandbox.journal()] == ["token", "v2-listOrders"]


def test_write_is_taken_and_followed(sandbox: RunningSandbox, by_connection: Run, folder: Path) -> None:
    order = sandbox.place_order(id="0002_a/b %+é", lines=1)
    decision = {"id": order["order_lines"][0]["id"], "accepted": True}
    (folder / "body.json").write_text(json.dumps({"order_lines": [decision]}))

    taken = json.loads(by_connection("accept_order_lines", "--path", f"order_id={order['id']}", "--body", "body.json"))
    ended = json.loads(by_connection("get_action_status", "--path", f"action_id={taken['action_id']}"))

    [write] = sandbox.writes()
    assert (write["path"], write["action_id"]) == ({"order_id": order["id"]}, taken["action_id"])
    assert ended["status"] == "SUCCESS"


def test_body_is_sent_byte_by_byte(folder: Path) -> None:
    body = '{ "products":\n [ {"id": "é", "price": 1.10, "price": 2E+1} ] }'.encode()
    (folder / "body.json").write_bytes(body)

    with Scripted("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as server:
        run("connect", "upsert_products", "--body", "body.json", "--base-url", server.url, "--token", "t")

    head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    assert sent == body
    assert b"Content-Type: application/json" in head
    assert b"Authorization: Bearer t\r\n" in head + b"\r\n"


def test_body_may_come_from_the_standard_input(
    sandbox: RunningSandbox, by_token: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = sandbox.place_order(lines=1)["id"]
    body = {"order_lines": [{"id": f"{order_id}-1", "accepted": False}]}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(body).encode())))

    by_token("accept_order_lines", "--path", f"order_id={order_id}", "--body", "-")

    assert [action["body"] for action in sandbox.actions()] == [body]


def test_files_are_sent_as_parts_and_attachments_saved_under_their_name(
    sandbox: RunningSandbox, by_connection: Run, folder: Path
) -> None:
    order_id = sandbox.place_order()["id"]
    conversation = {
        "entity": {"type": "ORDER", "id": order_id},
        "topic": {"type": "FREE_TEXT", "value": "Where is it?"},
        "first_message": {"body": "It is on its way."},
    }
    (folder / "conversation.txt").write_text(json.dumps(conversation))
    (folder / "one.json").write_text("no JSON, but a file")
    (folder / "zwei ü.pdf").write_bytes(b"%PDF-1.4")
    parts = ("--file", "conversation=conversation.txt", "--file", "files=one.json", "--file", "files=zwei ü.pdf")

    action_id = json.loads(by_connection("create_conversation", *parts))["action_id"]
    ended = json.loads(by_connection("get_conversation_action_status", "--path", f"actionId={action_id}"))
    where = ("--path", f"conversationId={ended['conversation_id']}")
    told = [by_connection("download_conversation_attachments", *where) for _ in range(2)]

    saved = sorted(path for path in folder.iterdir() if path.suffix == ".zip")
    assert [path.name.startswith(f"{ended['conversation_id']}_attachments") for path in saved] == [True, True]
    assert saved[0].read_bytes()[:4] == b"PK\x03\x04"
    with zipfile.ZipFile(saved[0]) as archive:
        contents = {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert contents == {"one.json": b"no JSON, but a file", "zwei ü.pdf": b"%PDF-1.4"}
    size = f"{saved[0].stat().st_size:,}"
    assert f"{size} bytes of application/zip were saved as {folder}/" in told[0]


DISPOSITION = 'HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename="{}"\r\n'
EMPTY_ZIP = "Content-Length: 22\r\nConnection: close\r\n\r\nPK\x05\x06" + "\0" * 18


def download(url: str, *more: str) -> str:
    words = ("download_order_documents", "--path", "order_id=1", "--base-url", url, "--token", "secret-token")
    return run("connect", *words, *more)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("papers.zip", ["papers(1).zip", "papers.zip"]),
        ("../../papers.zip", ["papers(1).zip", "papers.zip"]),
        ("/etc/papers.zip", ["papers(1).zip", "papers.zip"]),
        ("..", ["download_order_documents(1).zip", "download_order_documents.zip"]),
    ],
)
def test_name_of_a_download_leads_nowhere_and_overwrites_nothing(folder: Path, said: str, names: list[str]) -> None:
    with Scripted(DISPOSITION.format(said) + EMPTY_ZIP) as server:
        told = [download(server.url) for _ in range(2)]

    assert sorted(path.name for path in folder.parent.rglob("*.zip")) == names
    assert told[1] == f"22 bytes of application/zip were saved as {folder / names[0]}.\n"


def test_link_that_points_to_nothing_is_not_written_through(folder: Path) -> None:
    (folder / "papers.zip").symlink_to(folder / "elsewhere")
    with Scripted(DISPOSITION.format("papers.zip") + EMPTY_ZIP) as server:
        download(server.url)

    assert not (folder / "elsewhere").exists()
    assert (folder / "papers(1).zip").exists()


def test_output_names_the_file_and_one_that_is_there_is_kept(
    sandbox: RunningSandbox, by_token: Run, folder: Path
) -> None:
    sandbox.place_order()

    told = by_token("list_orders", "--output", "orders.json")

    assert told == "The answer was saved as orders.json.\n"
    saved = (folder / "orders.json").read_bytes()
    assert len(json.loads(saved)["data"]) == 1
    sandbox.clear_journal()
    with pytest.raises(CommandError, match=r"orders\.json is there already, and is not overwritten\."):
        by_token("list_orders", "--output", "orders.json")
    assert (folder / "orders.json").read_bytes() == saved
    assert [entry["operation"] for entry in sandbox.journal()] == []
    with pytest.raises(CommandError, match=r"nowhere/orders\.json: No such file or directory"):
        by_token("list_orders", "--output", "nowhere/orders.json")


def test_download_goes_where_output_says_and_an_error_leaves_nothing_there(folder: Path) -> None:
    with Scripted(DISPOSITION.format("papers.zip") + EMPTY_ZIP) as server:
        told = download(server.url, "--output", "mine.zip")
    with (
        Scripted("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as server,
        pytest.raises(CommandError, match=r"Mirakl knows nothing under this address\. \(404\)"),
    ):
        download(server.url, "--output", "other.zip")

    assert told == "22 bytes of application/zip were saved as mine.zip.\n"
    assert [path.name for path in folder.iterdir()] == ["mine.zip"]


@pytest.fixture
def disk_with_a_megabyte_left() -> Iterator[None]:
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, most))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@pytest.mark.usefixtures("disk_with_a_megabyte_left")
def test_answer_to_a_write_is_told_where_the_disk_is_full(folder: Path) -> None:
    body = json.dumps({"action_id": "a-1", "filler": "x" * 1_100_000})
    head = f"HTTP/1.1 202 Accepted\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    words = ("close_return", "--path", "return_id=1", "--token", "t", "--output", "answer.json")
    out = io.StringIO()

    with Scripted(head + body) as server, pytest.raises(CommandError) as caught:
        call_command("mirakl", "connect", *words, "--base-url", server.url, stdout=out)

    assert json.loads(out.getvalue())["action_id"] == "a-1"
    assert str(caught.value) == "The answer could not be written: File too large."
    assert list(folder.iterdir()) == []


def test_terminal_without_the_characters_of_an_answer_gets_them_escaped() -> None:
    body = '{"action_id": "é漢😀"}'
    head = f"HTTP/1.1 202 Accepted\r\nContent-Length: {len(body.encode())}\r\nConnection: close\r\n\r\n"
    words = ("close_return", "--path", "return_id=1", "--token", "t")
    written = io.BytesIO()
    out = io.TextIOWrapper(written, encoding="iso-8859-1")

    with Scripted(head + body) as server:
        call_command("mirakl", "connect", *words, "--base-url", server.url, stdout=out)
    out.flush()

    printed = written.getvalue().decode("iso-8859-1")
    assert '"é\\u6f22\\ud83d\\ude00"' in printed
    assert json.loads(printed) == json.loads(body)


def test_answer_without_a_body_says_that_it_was_taken(
    by_connection: Run, sandbox: RunningSandbox, folder: Path
) -> None:
    (folder / "products.json").write_text(json.dumps({"products": [{"id": "SKU-1"}]}))
    error = io.StringIO()
    pk = Connection.objects.get().pk

    printed = run("connect", "upsertProducts", "--connection", pk, "--body", "products.json", error=error)

    assert (printed, error.getvalue()) == ("", "Mirakl took it; the answer is empty.\n")
    assert json.loads(by_connection("list_products"))["data"][0]["id"] == "SKU-1"


def test_error_is_one_sentence_with_status_code_and_fields(
    sandbox: RunningSandbox, connection: Connection, folder: Path
) -> None:
    order_id = sandbox.place_order()["id"]
    (folder / "body.json").write_text('{"order_lines": [{"id": "x"}]}')

    words = ("accept_order_lines", "--path", f"order_id={order_id}", "--body", "body.json")
    said = refusal("connect", *words, "--connection", connection.pk)

    assert said.startswith("Mirakl finds the request invalid. (400 INVALID_INPUT: ")
    assert "order_lines[0].accepted" in said
    assert "\n" not in said


def test_own_pace_says_when_the_next_call_may_be_made(connection: Connection) -> None:
    connection.speed = 1
    connection.save()
    run("connect", "list_orders", "--connection", connection.pk)

    assert refusal("connect", "list_orders", "--connection", connection.pk).startswith(
        "The published call frequency asks us to wait. Next call at "
    )


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.PAUSED, "Nothing is read or sent through 'Test' at present: Paused."),
        (State.STOPPED, "Nothing is read or sent through 'Test' at present: Stopped: credentials refused."),
        (State.OBSERVE, "Nothing is sent through 'Test': it only observes, and v2-closeReturn may change something."),
    ],
)
def test_write_is_refused_where_the_connection_does_not_send(
    sandbox: RunningSandbox, connection: Connection, state: State, sentence: str
) -> None:
    Connection.objects.update(state=state)

    words = ("--path", "return_id=1", "--connection", connection.pk)
    assert refusal("connect", "close_return", *words) == sentence

    assert sandbox.journal() == []


def test_reading_needs_a_connection_that_reads(connection: Connection) -> None:
    Connection.objects.update(state=State.OBSERVE)
    assert json.loads(run("connect", "list_orders", "--connection", connection.pk)) == {"data": []}

    Connection.objects.update(state=State.PAUSED)
    assert "at present: Paused." in refusal("connect", "list_orders", "--connection", connection.pk)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Say which family and which operation: connect v2-listOrders. --list shows them all."),
        ("connect", "Say which family and which operation: connect v2-listOrders. --list shows them all."),
        ("marketplace A01", "There is no client for the family 'marketplace', only for: connect."),
        ("marketplace --list", "There is no client for the family 'marketplace', only for: connect."),
        ("connect listorders", "connect has no operation 'listorders'. Did you mean list_orders or listOrders?"),
        ("connect explode", "connect has no operation 'explode'. --list shows them all."),
        ("connect list_orders", "Say who calls: either --connection ID, or both --base-url URL and --token T."),
        ("connect list_orders --token t", "Say who calls: "),
        ("connect list_orders --connection 1 --token t", "Say who calls: "),
        ("{} close_return", "--path return_id=… is needed once, for /v2/orders/returns/{{return_id}}/close."),
        ("{} close_return --path return_id=1 --path return_id=2", "--path return_id=… is needed once"),
        (
            "{} close_return --path id=1",
            "--path: there is no 'id' in /v2/orders/returns/{{return_id}}/close, but return_id.",
        ),
        ("{} close_return --path 1", "--path is written name=value, not '1'."),
        ("{} close_return --path return_id=..", "return_id: '..' cannot be a part of an address."),
        ("{} list_orders --path id=1", "--path: there is no 'id' in /v2/orders, but nothing to fill in."),
        ("{} list_orders --query limit", "--query is written name=value, not 'limit'."),
        ("{} list_orders --query =1", "--query is written name=value, not '=1'."),
        ("{} list_orders --body body.json", "--body: v2-listOrders is a GET, which has none."),
        ("{} list_orders --file file=body.json", "--file: v2-listOrders is a GET, to which no file is sent."),
        ("{} upsert_products --body missing.json", "missing.json: No such file or directory."),
        ("{} upsert_products --body broken.json", "--body is no JSON: Input data was truncated."),
        ("{} upsert_products --body body.json --file file=body.json", "A call has one body: either --body or --file."),
        ("{} create_conversation --file conversation=broken.json", "--file conversation is no JSON: "),
        ("{} create_conversation --file broken.json", "--file is written name=value, not 'broken.json'."),
    ],
)
def test_wrong_words_are_refused_with_a_sentence(folder: Path, words: str, sentence: str) -> None:
    (folder / "body.json").write_text("{}")
    (folder / "broken.json").write_text('{"products": [')
    caller = ("--base-url", "http://127.0.0.1:1", "--token", "t") if "{}" in words else ()

    said = refusal(*words.replace("{}", "connect").split(), *caller)

    assert said.startswith(sentence.replace("{{", "{").replace("}}", "}"))


def test_connection_that_is_not_there_or_of_another_family_is_refused(connection: Connection) -> None:
    pk = connection.pk
    sentence = f"There is no connection {pk + 1}. There are: {pk} (Test)."
    assert refusal("connect", "list_orders", "--connection", pk + 1) == sentence

    Connection.objects.update(family=Family.MARKETPLACE)
    sentence = "The connection 'Test' is one of the family marketplace, not connect."
    assert refusal("connect", "list_orders", "--connection", pk) == sentence


@pytest.mark.parametrize(
    "url", ["http://mirakl.test/api", "ftp://mirakl.test", "https://me:pw@mirakl.test", "http://10.0.0.1"]
)
def test_token_travels_encrypted_or_not_at_all(url: str) -> None:
    assert refusal("connect", "list_orders", "--base-url", url, "--token", "t").startswith("--base-url: ")


def test_plain_http_to_this_machine_is_for_where_the_settings_allow_it(settings: Settings) -> None:
    settings.ALLOW_LOOPBACK_CONNECTIONS = False

    said = refusal("connect", "list_orders", "--base-url", "http://127.0.0.1:1", "--token", "t")

    assert said.startswith("--base-url: Mirakl does not run at an address inside your network")


def test_secret_is_never_told(sandbox: RunningSandbox) -> None:
    body = '{"code": "FORBIDDEN", "message": "Not with secret-token"}'
    head = f"HTTP/1.1 403 Forbidden\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with Scripted(head + body) as server:
        said = refusal("connect", "list_orders", "--base-url", server.url, "--token", "secret-token")
    spaced = refusal("connect", "list_orders", "--base-url", sandbox.connect_url, "--token", "secret token")

    assert said == "Mirakl does not accept our credentials for this. (403 FORBIDDEN: Not with …)"
    assert spaced == "A token is made of visible ASCII characters."


def test_secret_that_no_key_opens_is_a_sentence(connection: Connection, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = ["A" * 43 + "="]

    said = refusal("connect", "list_orders", "--connection", connection.pk)

    assert said.startswith("The secret cannot be decrypted")


def test_stranger_cannot_command_the_terminal(sandbox: RunningSandbox, by_token: Run) -> None:
    sandbox.put_raw_order('{"id": "1", "updated_at": "2026-01-01T00:00:00Z", "title": "a\u009b2J\u202e\U000e0041é漢"}')

    printed = by_token("list_orders", "--query", "order_ids=1")

    assert '"a\\u009b2J\\u202e\\udb40\\udc41é漢"' in printed
    assert json.loads(printed)["data"][0]["title"] == "a\u009b2J\u202e\U000e0041é漢"


def test_words_of_an_error_cannot_command_the_terminal() -> None:
    body = '{"code": "X", "message": "\\u001b[2J gone"}'
    head = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(body)}\r\nX-Request-Id: r-1\r\nConnection: close\r\n\r\n"
    with Scripted(head + body) as server:
        said = refusal("connect", "list_orders", "--base-url", server.url, "--token", "t")

    assert said == "Mirakl finds the request invalid. (400 X: \\u001b[2J gone) Request id: r-1."


def test_write_whose_answer_is_lost_says_that_it_may_have_been_done(
    sandbox: RunningSandbox, by_token: Run, folder: Path
) -> None:
    order_id = sandbox.place_order(lines=1)["id"]
    (folder / "body.json").write_text(json.dumps({"order_lines": [{"id": f"{order_id}-1", "accepted": True}]}))
    sandbox.fault("v2-acceptOrderLines", kind="cut", when="after_commit")

    with pytest.raises(CommandError, match="It may have been carried out"):
        by_token("accept_order_lines", "--path", f"order_id={order_id}", "--body", "body.json")

    assert len(sandbox.writes()) == 1


def test_web_page_instead_of_an_answer_is_an_error(folder: Path) -> None:
    page = "HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\n<html>x</html>"
    (folder / "body.json").write_text("{}")

    with Scripted(page) as server, pytest.raises(CommandError, match="It is a web page"):
        run("connect", "upsert_products", "--body", "body.json", "--base-url", server.url, "--token", "t")


def test_deprecated_operation_says_so(sandbox: RunningSandbox) -> None:
    error = io.StringIO()
    page = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"data":[]}'
    with Scripted(page) as server:
        run("connect", "listOrders", "--base-url", server.url, "--token", "t", error=error)

    assert error.getvalue() == "listOrders is deprecated at Mirakl.\n"
