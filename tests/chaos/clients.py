"""Staff at their browsers: they decide orders, change their minds, press twice, and meet at the same order."""

from __future__ import annotations

import queue
import random
import threading
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from tests.chaos.browser import Browser, Fields, NoPageError, at_once
from tests.chaos.database import Database, moment
from tests.chaos.evidence import Answer, Decisions, Pressed
from tests.chaos.forms import Form
from tests.chaos.ledger import Ledger
from tests.chaos.plan import STAFF, Job

CLIENTS = 6
ROOM = 30  # actions on their way, above which nobody presses more: faults should meet all stages of an action
AGAIN = 0.7  # the share of failed actions that somebody asks for again
PATIENCE = 10.0  # seconds for which a client waits for room


class Client(threading.Thread):
    """Works through jobs until there are none. `orders`: by number of the job, our primary keys and Mirakl's ids."""

    def __init__(
        self,
        url: str,
        database: Database,
        ledger: Ledger,
        jobs: queue.SimpleQueue[Job],
        orders: dict[int, dict[int, str]],
    ) -> None:
        super().__init__(daemon=True)
        self._url, self._database, self._ledger, self._jobs, self._orders = url, database, ledger, jobs, orders
        self._browsers: dict[str, Browser] = {}
        self._later: list[threading.Thread] = []

    def run(self) -> None:
        ways = {
            "plain": self._plain,
            "twice": self._twice,
            "two people": self._two_people,
            "undo soon": self._undo_soon,
            "undo at the end": self._undo_at_the_end,
            "wait": self._wait,
            "bulk": self._bulk,
        }
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            self._wait_for_room()
            self._ledger.begin()
            try:
                ways[job.way](job)
            except Exception:  # part of the report, and the others go on
                self._ledger.fault(f"{job}\n{traceback.format_exc()}")
        for thread in self._later:
            thread.join()

    def _wait_for_room(self) -> None:
        sql = "SELECT count(*) AS busy FROM outbox_action WHERE state IN ('waiting', 'sending', 'sent')"
        end = time.monotonic() + PATIENCE
        while self._database.rows(sql)[0]["busy"] > ROOM and time.monotonic() < end:
            time.sleep(0.2)
        while self._ledger.forms >= self._ledger.most:
            time.sleep(0.05)

    def _browser(self, who: int) -> Browser:
        email = STAFF[who % len(STAFF)]
        if email not in self._browsers:
            browser = Browser(self._url, email)
            browser.log_in()
            self._browsers[email] = browser
        return self._browsers[email]

    # --- ways ---

    def _plain(self, job: Job) -> None:
        if action := self._decide(job):
            self._send_now(job, action)

    def _wait(self, job: Job) -> None:
        self._decide(job)

    def _twice(self, job: Job) -> None:
        """A double click. One form, so one press, whichever answer came first."""
        browser = self._browser(job.who)
        pk, order_id = self._one(job)
        filled = self._opened(browser, pk, job.decision)
        answers = at_once([partial(who.post, filled.form.action, filled.fields) for who in (browser, browser.twin())])
        answer = min(answers, key=[Answer.TAKEN, Answer.LOST, Answer.OBJECTED].index)
        self._note(filled.token, {order_id: filled.decided}, answer, browser)
        if action := self._action(filled.token):
            self._send_now(job, action)

    def _two_people(self, job: Job) -> None:
        pk, order_id = self._one(job)
        browsers = [self._browser(job.who), self._browser(job.who + 1)]
        opened = [
            self._opened(browser, pk, how) for browser, how in zip(browsers, (job.decision, "refuse"), strict=True)
        ]
        pairs = list(zip(browsers, opened, strict=True))
        answers = at_once([partial(browser.post, filled.form.action, filled.fields) for browser, filled in pairs])
        for (browser, filled), answer in zip(pairs, answers, strict=True):
            self._note(filled.token, {order_id: filled.decided}, answer, browser)
            if action := self._action(filled.token):
                self._send_now(job, action)

    def _undo_soon(self, job: Job) -> None:
        if action := self._decide(job):
            if job.chance < 0.7:
                self._send_now(job, action)
            time.sleep(job.chance)
            self._undo(job, action)

    def _undo_at_the_end(self, job: Job) -> None:
        """Around the moment at which the undo window ends and the scheduler lets the action go."""
        action = self._decide(job)
        if not action:
            return
        end = moment(self._database.rows("SELECT not_before FROM outbox_action WHERE id = ?", action)[0]["not_before"])
        twin = self._browser(job.who).twin()

        def undo() -> None:
            time.sleep(max((end - datetime.now(UTC)).total_seconds() - 0.2 + 2 * job.chance, 0))
            self._ledger.undo(action)
            twin.press(f"/actions/{action}/undo/")

        self._later.append(threading.Thread(target=undo))
        self._later[-1].start()

    def _bulk(self, job: Job) -> None:
        """Selected in the list, looked through, and sent as one; sent again where the answer was lost."""
        browser, orders = self._browser(job.who), self._orders[job.number]
        path = "/orders/accept/?decision=accept&" + "&".join(f"pick={pk}" for pk in orders)
        form = browser.form(path, lambda found: bool(found.value("orders")))
        if form is None:
            raise NoPageError(f"{path} has no form with orders")
        asked: dict[str, Decisions] = {orders[int(pair.partition(":")[0])]: {} for pair in form.value("orders").split()}
        if job.killed:
            self._ledger.bulk_awaited.wait(60)
            self._ledger.bulk_on_its_way.set()
        answer = browser.post(form.action, form.fields)
        if answer is Answer.LOST:
            browser.page("/orders/")
            answer = browser.post(form.action, form.fields)
        token = form.value("token")
        self._note(token, asked, answer, browser)
        if job.chance < 0.2:
            self._undo_batch(token, browser)

    # --- steps ---

    def _one(self, job: Job) -> tuple[int, str]:
        ((pk, order_id),) = self._orders[job.number].items()
        return pk, order_id

    def _opened(self, browser: Browser, pk: int, decision: str) -> Filled:
        """The form of an order, read, and filled in."""
        form = browser.form(f"/orders/{pk}/accept/", lambda found: bool(found.choices))
        if form is None:
            raise NoPageError(f"/orders/{pk}/accept/ has no form with decisions")
        accepted = {"accept": len(form.choices), "refuse": 0, "mixed": 1}[decision]
        values = {name: position < accepted for position, name in enumerate(form.choices)}
        fields = [*form.fields, *((name, "accept" if yes else "refuse") for name, yes in values.items())]
        rows = self._database.rows("SELECT id, remote_id FROM orders_orderline WHERE order_id = ?", pk)
        lines = {f"line-{row['id']}": str(row["remote_id"]) for row in rows}
        return Filled(form, fields, {lines[name]: yes for name, yes in values.items()})

    def _decide(self, job: Job) -> int | None:
        """Opens the form, fills it in and sends it; the primary key of the action that came of it."""
        browser = self._browser(job.who)
        pk, order_id = self._one(job)
        filled = self._opened(browser, pk, job.decision)
        time.sleep(job.chance / 2)  # a person reads
        answer = browser.post(filled.form.action, filled.fields)
        if answer is Answer.LOST and job.chance < 0.5:  # the browser's "send again"
            browser.page(f"/orders/{pk}/")
            answer = browser.post(filled.form.action, filled.fields)
        self._note(filled.token, {order_id: filled.decided}, answer, browser)
        return self._action(filled.token)

    def _note(self, token: str, orders: dict[str, Decisions], answer: Answer, browser: Browser) -> None:
        self._ledger.pressed(Pressed(token, orders, answer, browser.email))

    def _action(self, token: str) -> int | None:
        rows = self._database.rows("SELECT id FROM outbox_action WHERE token = ?", token)
        return int(rows[0]["id"]) if rows else None

    def _send_now(self, job: Job, action: int) -> None:
        """Once more where the answer was lost; and where that is lost too, its time comes by itself."""
        browser = self._browser(job.who)
        if browser.press(f"/actions/{action}/send-now/") is Answer.LOST:
            browser.press(f"/actions/{action}/send-now/")

    def _undo_batch(self, token: str, browser: Browser) -> None:
        sql = "SELECT id, batch_id FROM outbox_action WHERE batch_id = (SELECT id FROM outbox_batch WHERE token = ?)"
        if rows := self._database.rows(sql, token):
            self._ledger.undo(*(int(row["id"]) for row in rows))
            browser.press(f"/actions/batches/{rows[0]['batch_id']}/undo/")

    def _undo(self, job: Job, action: int) -> None:
        self._ledger.undo(action)
        self._browser(job.who).press(f"/actions/{action}/undo/")


class Tidier(threading.Thread):
    """Looks through what failed, and asks for most of it again, once."""

    def __init__(self, url: str, database: Database, ledger: Ledger, seed: int) -> None:
        super().__init__(daemon=True)
        self._browser = Browser(url, STAFF[0])
        self._database, self._ledger, self._seed = database, ledger, seed
        self._looked: set[int] = set()
        self._ended = threading.Event()

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        self._browser.log_in()
        while not self._ended.wait(2):
            try:
                self._tidy()
            except NoPageError as error:
                self._ledger.fault(f"Tidier: {error}")

    def _tidy(self) -> None:
        sql = "SELECT id FROM outbox_action AS one WHERE state = 'failed' AND NOT EXISTS"
        sql += " (SELECT 1 FROM outbox_action WHERE follows_id = one.id)"
        failed = {int(row["id"]) for row in self._database.rows(sql)} - self._looked
        for action in sorted(failed):
            self._looked.add(action)
            if random.Random(f"{self._seed} {action}").random() < AGAIN:  # noqa: S311 -- the same every time
                self._browser.forms("/actions/")
                self._ledger.again(action)
                self._browser.press(f"/actions/{action}/again/")


@dataclass(frozen=True, slots=True)
class Filled:
    """The form of one order with every line decided. `decided`: the same by Mirakl's ids."""

    form: Form
    fields: Fields
    decided: Decisions

    @property
    def token(self) -> str:
        return self.form.value("token")
