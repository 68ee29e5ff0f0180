"""The addresses under `/_control`: verbs by POST, views by GET, the page, its forms."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from backoffice.sandbox.answers import RefusedError, json_answer
from backoffice.sandbox.control import forms, nesting, page
from backoffice.sandbox.control.verbs import VERBS, VIEWS, View
from backoffice.sandbox.market import catalogue
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.world import World

HOME = "/_control/"
STYLE = Path(__file__).with_name("style.css")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class ControlSite:
    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request) -> Response:
        try:
            found = self._found(request, request.path.removeprefix("/_control").strip("/"))
        except RefusedError as refused:
            found = refused.answer()
        found.headers.update(HEADERS)
        return found

    def _found(self, request: Request, name: str) -> Response:
        if request.method == "POST":
            _refuse_strangers(request)
            return self._posted(request, name)
        if request.method != "GET":
            raise RefusedError(405, "Only GET and POST are possible here.").with_header("Allow", "GET, POST")
        if name in VIEWS:
            return json_answer(_seen(VIEWS[name], self._world, request))
        if name == "style.css":
            return Response(STYLE.read_bytes(), content_type="text/css; charset=utf-8")
        if name:
            raise RefusedError(404, "There is nothing at this address.")
        return self._page(forms.DONE.get(request.args.get("done", ""), ""))

    def _page(self, message: str, status: int = 200) -> Response:
        settle(self._world)
        catalogue.settle(self._world)
        return Response(page.render(self._world, message), status, content_type="text/html; charset=utf-8")

    def _submitted(self, request: Request, name: str) -> Response:
        if name not in forms.DONE:
            raise RefusedError(404, "There is nothing at this address.")
        try:
            VERBS[name](self._world, nesting.checked(forms.arguments(name, request.form)))
        except KeyError as error:
            return self._page(f"Nothing was done: {error} is missing.", 400)
        except (LookupError, ValueError, TypeError, ArithmeticError) as error:
            return self._page(f"Nothing was done: {error}", 400)
        return redirect(f"{HOME}?done={name}", 303)

    def _posted(self, request: Request, name: str) -> Response:
        if name.startswith("form/"):
            return self._submitted(request, name.removeprefix("form/"))
        try:
            if name not in VERBS:
                raise RefusedError(404, "There is nothing at this address.")
            return json_answer(VERBS[name](self._world, _arguments(request)))
        except KeyError as error:
            raise RefusedError(400, f"{error} is missing.") from error
        except LookupError as error:
            raise RefusedError(404, str(error)) from error
        except (ValueError, TypeError, ArithmeticError) as error:
            raise RefusedError(400, str(error)) from error


def _seen(view: View, world: World, request: Request) -> Any:
    try:
        return view(world, request.args)
    except ValueError as error:
        raise RefusedError(400, str(error)) from error


def _arguments(request: Request) -> dict[str, Any]:
    text = request.get_data()
    found = nesting.read(text) if text else {}
    if not isinstance(found, dict):
        raise RefusedError(400, "A JSON object is expected.")
    return found


def _refuse_strangers(request: Request) -> None:
    """A page from elsewhere must not press our buttons in the browser of someone who has the sandbox running."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise RefusedError(403, "This comes from a page of another origin.")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise RefusedError(403, "This comes from a page of another site.")


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine: a foreign name that resolves here is DNS rebinding."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
