"""The page for a person: everything in one look, plain HTML, no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import get_args

from backoffice.sandbox.connect.orders import STATUSES
from backoffice.sandbox.control import tables
from backoffice.sandbox.dates import written
from backoffice.sandbox.faults import Kind
from backoffice.sandbox.market.scripts import KindName, Outcome, Script
from backoffice.sandbox.market.words import CODES
from backoffice.sandbox.operations import NAMES
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.papers import filing, photos, sheets
from backoffice.sandbox.worlds.returning import moves as returning_moves
from backoffice.sandbox.worlds.returning import opening

HERE = Path(__file__).parent
SECTIONS = ("orders", "returns", "documents", "conversations", "products", "actions", "trouble", "time", "calls")


def _template() -> Template:
    """The frame with a file for each area in it."""
    frame, *areas = (
        (HERE / name).read_text(encoding="utf-8") for name in ("page.html", *(f"areas/{one}.html" for one in SECTIONS))
    )
    return Template(frame.replace("<!-- areas -->\n", "".join(areas)))


TEMPLATE = _template()
STEPS = {"600": "10 minutes", "3600": "1 hour", "43200": "12 hours", "86400": "1 day", "259200": "3 days"}
SWITCHES = ("limits", "alive", "strict_audience", "strict_decisions", "strict_returns")
SETTINGS = ("speed", "token_seconds", "settle_seconds", "show_seconds", "catalog_seconds", "largest_attachment", "seed")
AREAS = ("orders", "returns", "documents", "conversations", "products")  # each has its table


def _options(choices: Iterable[str] | dict[str, str]) -> str:
    """By value what is shown, or only values; the second time that one comes it is left out."""
    texts = choices if isinstance(choices, dict) else {choice: choice for choice in choices}
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in texts.items())


_CHOICES = {
    "channels": _options({channel.id: f"{channel.name} ({channel.currency})" for channel in CHANNELS}),
    "statuses": _options(("AWAITING_ACCEPTANCE", *STATUSES, "CHANNEL_SPECIFIC")),
    "return_statuses": _options(returning_moves.STATUSES),
    "return_reasons": _options(returning_moves.LINE_REASONS),
    "labels": _options(opening.LABELS),
    "document_types": _options(filing.TYPES),
    "papers": _options(sheets.FORMATS),
    "photos": _options(photos.FORMATS),
    "operations": _options(NAMES),
    "faults_known": _options(get_args(Kind)),
    "codes": _options(CODES),
    "outcomes": _options(get_args(Outcome)),
    "kinds": _options({kind: kind.lower().replace("_", " ") for kind in get_args(KindName)}),
    "steps": _options(STEPS),
}


def render(world: World, message: str) -> str:
    return TEMPLATE.substitute(
        _CHOICES,
        world=escape(world.store.fact("world") or ""),
        now=written(world.clock.now()),
        tags=_tags(world),
        message=f'<p class="message" role="status">{escape(message)}</p>' if message else "",
        faults=_faults(world),
        scripts=_scripts(world),
        tokens=world.store.rows("SELECT count(*) FROM tokens")[0][0],
        **{name: " checked" if getattr(world.switches, name) else "" for name in SWITCHES},
        **{name: _plain(getattr(world.switches, name)) for name in SETTINGS},
        **{f"{area}_ids": tables.ids(world, area) for area in AREAS if area != "documents"},
        orders_table=tables.orders(world),
        returns_table=tables.returns(world),
        documents_table=tables.documents(world),
        conversations_table=tables.conversations(world),
        products_table=tables.products(world),
        shipments_table=tables.shipments(world),
        actions_table=tables.last_actions(world),
        reports_table=tables.reports(world),
        calls_table=tables.calls(world),
    )


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def _tags(world: World) -> str:
    counts = {f"orders {status}": count for status, count in world.store.counts().items()}
    for area in (*AREAS[1:], "shipments", "actions", "reports"):
        (counts[area],) = world.store.rows(f"SELECT count(*) FROM {area}")[0]  # noqa: S608 -- constant names
    return "".join(f"<li>{escape(name)} <b>{count:,}</b></li>" for name, count in counts.items())


def _faults(world: World) -> str:
    texts = [
        f"{fault.kind} on {fault.operation}, "
        + _how_often(fault.times)
        + (f", after {fault.after} calls" if fault.after else "")
        + (f", {fault.share:.1%} of them" if fault.share < 1 else "")
        for fault in world.faults.waiting()
    ]
    return "".join(f"<li>{escape(text)}</li>" for text in texts or ["No trouble is scripted."])


def _how_often(times: int | None) -> str:
    if times is None:
        return "until cleared"
    return "once" if times == 1 else f"{times} more times"


def _scripts(world: World) -> str:
    texts = [_script_text(script) for script in world.scripts.waiting()]
    return "".join(f"<li>{escape(text)}</li>" for text in texts or ["Every action ends in the ordinary way."])


def _script_text(script: Script) -> str:
    words = [word for word in (script.outcome, script.code, script.to) if word]
    where = script.order_id or (f"channel {script.channel_id}" if script.channel_id else "any order")
    what = f"{script.kind.lower().replace('_', ' ')} of " if script.kind else ""
    return (
        f"{', '.join(words)} for {what}{where}, "
        + _how_often(script.times)
        + (", if decided both ways" if script.mixed else "")
        + (f", {script.share:.1%} of them" if script.share < 1 else "")
    )
