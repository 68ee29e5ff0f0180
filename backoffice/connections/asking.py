"""What each layer of a check asks, and what the answer means. One object per run: later steps use earlier answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from django.utils import timezone

from backoffice.connections import clients, network, probing
from backoffice.connections.enums import Layer
from backoffice.connections.fields import UnreadableSecretError
from backoffice.connections.models import Connection
from backoffice.connections.steps import Found, failed, good, skipped, warned
from backoffice.mirakl import errors, wire
from backoffice.mirakl.answers import Answer
from backoffice.mirakl.connect import types
from backoffice.mirakl.pages import Page

SAME_TIME = 30.0  # seconds that two clocks may differ: far less than what any deadline is about


class NotTriedError(Exception):
    """A call showed that a layer below is at fault: `found` belongs to `layer`."""

    def __init__(self, layer: Layer, found: Found) -> None:
        super().__init__(layer)
        self.layer, self.found = layer, found


class Asking:
    """Asks a connection, layer by layer. `refusal`: what Mirakl said when it refused the credentials, or ""."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.refusal = ""
        self._answer: Answer | None = None
        self._ahead = 0.0  # seconds: Mirakl's clock before ours
        self._page: Page | None = None

    def of(self, layer: Layer) -> Found:
        """What this layer says. Raises NotYet, and NotTriedError when it is another layer that fails."""
        questions: Mapping[Layer, Callable[[], Found]] = {
            Layer.ADDRESS: self._address,
            Layer.TLS: self._tls,
            Layer.SERVICE: self._service,
            Layer.CREDENTIALS: self._credentials,
            Layer.RIGHTS: self._rights,
            Layer.CLOCK: self._clock,
            Layer.SAMPLE: self._sample,
        }
        return questions[layer]()

    def _urls(self) -> list[str]:
        """The base URL, and the token URL where that is another host."""
        urls = [url for url in (self.connection.base_url, self.connection.token_url) if url]
        return list({network.Origin.of(url): url for url in reversed(urls)}.values())[::-1]

    def _address(self) -> Found:
        return _worst([network.address(url) for url in self._urls()])

    def _tls(self) -> Found:
        return _worst([network.tls(url, timezone.now()) for url in self._urls()])

    def _service(self) -> Found:
        """A question without credentials: an API asks who we are, and everything else shows what it is."""
        try:
            answer = self._asked_anonymously()
        except errors.MiraklError as error:
            return failed("silent", text=str(error))
        return _what_answers(answer)

    def _asked_anonymously(self) -> Answer:
        connection = self.connection
        url = connection.base_url.rstrip("/")
        if connection.family in clients.SPOKEN:
            url += "/v2/orders?limit=1"
        request = wire.prepare(requests.Request("GET", url, auth=_nobody))
        before = timezone.now()
        self._answer = wire.send(request, probing.TIMEOUT)
        self._ahead = _ahead(self._answer, before, timezone.now())
        return self._answer

    def _credentials(self) -> Found:
        if self.connection.family not in clients.SPOKEN:
            return self._no_client()
        try:
            clients.credentials(self.connection, timeout=probing.TIMEOUT).prove()
        except UnreadableSecretError:
            return failed("unreadable_secret")
        except errors.MiraklError as error:
            return self._no_token(error)
        return good("token")

    def _no_token(self, error: errors.MiraklError) -> Found:
        text = str(error)
        if isinstance(error, errors.NotAuthorised) and error.status != 403:
            self.refusal = text
            return failed("refused", text=text)
        # First match wins: a subclass stands before its parent.
        meanings: tuple[tuple[type[errors.MiraklError], str], ...] = (
            (errors.NotAuthorised, "not_admitted"),
            (errors.TooSoon, "token_broken"),
            (errors.Refused, "token_address"),
            (errors.Unreadable, "token_address"),
            (errors.NoAnswer, "token_silent"),
            (errors.Broken, "token_broken"),
        )
        return failed(next((said for kind, said in meanings if isinstance(error, kind)), "ours"), text=text)

    def _rights(self) -> Found:
        if self.connection.family not in clients.SPOKEN:
            return self._no_client()
        try:
            self._page = probing.first_page(self.connection)
        except errors.NotYet:
            raise
        except errors.MiraklError as error:
            return self._denied(error)
        return good("may_read_orders")

    def _denied(self, error: errors.MiraklError) -> Found:
        text = str(error)
        if isinstance(error, errors.NotAuthorised) and error.status == 401:
            self.refusal = text
            raise NotTriedError(Layer.CREDENTIALS, failed("token_refused", text=text))
        if isinstance(error, errors.NotAuthorised):
            return failed("no_right", text=text)
        if isinstance(error, errors.TooSoon):
            raise errors.NotYet(datetime.fromtimestamp(timezone.now().timestamp() + error.retry_after, UTC))
        layers: tuple[tuple[type[errors.MiraklError], str], ...] = (
            (errors.NotFound, "not_api"),
            (errors.Redirected, "redirects"),
            (errors.Unreadable, "not_api"),
            (errors.Broken, "broken"),
            (errors.NoAnswer, "silent"),
        )
        for kind, said in layers:
            if isinstance(error, kind):
                status = str(getattr(error, "status", "200"))
                raise NotTriedError(Layer.SERVICE, failed(said, text=text, status=status))
        return failed("rejected" if isinstance(error, errors.Refused) else "ours", text=text)

    def _clock(self) -> Found:
        if self._answer is None:  # an earlier worker had it, and died
            self._service()
        if self._answer is None or "Date" not in self._answer.headers:
            return skipped("no_time")
        same = abs(self._ahead) <= SAME_TIME
        return (good if same else warned)("same_time" if same else "other_time", seconds=f"{abs(self._ahead):.0f}")

    def _sample(self) -> Found:
        """One order in a form that names nobody."""
        if self._page is None:
            return self._no_client() if self.connection.family not in clients.SPOKEN else skipped("before")
        if not self._page.data:
            return good("no_orders")
        try:
            order = types.read(self._page.data[0], types.Order)
        except errors.Unreadable as error:
            return warned("strange_sample", why=str(error))
        return good(
            "sample",
            number=masked(order.channel_order_id or order.id),
            lines=len(order.order_lines),
            status=order.status,
            channel=order.origin.channel_name,
        )

    def _no_client(self) -> Found:
        return skipped("no_client", family=self.connection.family)


def _what_answers(answer: Answer) -> Found:
    status = answer.status
    if status in (401, 403):
        return good("asks", status=status)
    if status >= 500:
        return failed("broken", text=str(status))
    speaks_json = answer.body.lstrip()[:1] in (b"{", b"[")
    if status == 429 or (speaks_json and status >= 400):
        return warned("answers", status=status)
    return failed("redirects" if 300 <= status < 400 else "not_api", status=status)


def masked(number: str) -> str:
    """MR-1001234 → MR…34: enough to find it in Mirakl, too little to be one's data."""
    return f"{number[:2]}…{number[-2:]}" if len(number) > 5 else "…"


def _worst(found: list[Found]) -> Found:
    """The first that failed, else the first that needs a look, else the first."""
    order = ("failed", "warning")
    return min(found, key=lambda one: order.index(one.outcome) if one.outcome in order else len(order))


def _ahead(answer: Answer, before: datetime, after: datetime) -> float:
    """Seconds that the server's clock is before ours; it tells whole seconds, cut off."""
    try:
        there = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return 0.0
    there = there if there.tzinfo else there.replace(tzinfo=UTC)
    earliest, latest = (there - after).total_seconds(), (there - before).total_seconds() + 1
    if earliest <= 0 <= latest:
        return 0.0
    return earliest if earliest > 0 else latest


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking into a ~/.netrc."""
    return request
