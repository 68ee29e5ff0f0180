"""A browser over HTTP, in which one person of the staff is logged in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from tests.chaos.evidence import Answer
from tests.chaos.forms import Form, read

PASSWORD = "demo"
LOGIN = "/login/"
PATIENCE = 60.0  # seconds for a page while the web server is killed and started again
Fields = Sequence[tuple[str, str]]


class NoPageError(Exception):
    """The server did not answer, or not as it should."""


class Browser:
    """Not for two threads at once; `twin` makes another one for the same person."""

    def __init__(self, url: str, email: str) -> None:
        self.url, self.email = url, email
        self._session = requests.Session()
        self._session.trust_env = False
        self.token = ""

    def log_in(self) -> None:
        """As often as it takes until the server answers."""
        answer = Answer.LOST
        while answer is not Answer.TAKEN:
            self.forms(LOGIN)
            fields = [("csrfmiddlewaretoken", self.token), ("username", self.email), ("password", PASSWORD)]
            answer = self.post(LOGIN, fields)

    def twin(self) -> Browser:
        other = Browser(self.url, self.email)
        other._session.cookies.update(self._session.cookies)
        other.token = self.token
        return other

    def page(self, path: str) -> str:
        """Its HTML. Reloads until the server is there; raises NoPageError for another status than 200."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._session.get(f"{self.url}{path}", timeout=30)
                if answer.status_code == HTTPStatus.OK and (path == LOGIN or LOGIN not in answer.url):
                    return answer.text
                if answer.status_code < 500 or time.monotonic() > end:
                    raise NoPageError(f"GET {path}: {answer.status_code}")
            except requests.RequestException as error:
                if time.monotonic() > end:
                    raise NoPageError(f"GET {path}: {error}") from error
            time.sleep(0.2)

    def forms(self, path: str) -> list[Form]:
        forms = read(self.page(path))
        self.token = next((token for form in forms if (token := form.value("csrfmiddlewaretoken"))), self.token)
        return forms

    def form(self, path: str, wanted: Callable[[Form], bool]) -> Form | None:
        """The first form of a page that is like this."""
        return next((form for form in self.forms(path) if wanted(form)), None)

    def post(self, path: str, fields: Fields) -> Answer:
        """Sent once. A fault of the server counts as no answer: it may have stored what was asked."""
        try:
            answer = self._session.post(f"{self.url}{path}", data=list(fields), timeout=30, allow_redirects=False)
        except requests.RequestException:
            return Answer.LOST
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Answer.LOST
        if answer.status_code == HTTPStatus.FOUND:
            if urlsplit(answer.headers["Location"]).path == LOGIN:
                raise NoPageError(f"POST {path}: the log-in was lost")
            return Answer.TAKEN
        if answer.status_code in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT):
            return Answer.OBJECTED
        raise NoPageError(f"POST {path}: {answer.status_code} {answer.text[:300]}")

    def press(self, path: str) -> Answer:
        """A button that is a form of its own: undo, send now, again."""
        return self.post(path, [("csrfmiddlewaretoken", self.token), ("next", "/actions/")])


def at_once(posts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Each in a thread of its own, all let go at the same instant."""
    barrier = threading.Barrier(len(posts))
    answers: dict[int, Answer] = {}

    def run(number: int) -> None:
        barrier.wait()
        answers[number] = posts[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers.get(number, Answer.LOST) for number in range(len(posts))]
