"""The page for a person: everything in one look, plain HTML, no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any, get_args

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.connect.orders import STATUSES
from backoffice.sandbox.dates import moment_of, written
from backoffice.sandbox.faults import Kind
from backoffice.sandbox.market import actions
from backoffice.sandbox.market.scripts import Outcome, Script
from backoffice.sandbox.market.words import CODES
from backoffice.sandbox.operations import NAMES
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.channels import CHANNELS

TEMPLATE = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
LAST_ORDERS = 15
LAST_CALLS = 25
LAST_ACTIONS = 15
STEPS = {"600": "10 minutes", "3600": "1 hour", "43200": "12 hours", "86400": "1 day", "259200": "3 days"}


def render(world: World, message: str) -> str:
    switches = world.switches
    counts = world.store.counts()
    orders = _last_orders(world)
    return TEMPLATE.substitute(
        world=escape(world.store.fact("world") or ""),
        total=f"{sum(counts.values()):,}",
        now=written(world.clock.now()),
        tags="".join(f"<li>{escape(status)} <b>{count:,}</b></li>" for status, count in counts.items()),
        message=f'<p class="message" role="status">{escape(message)}</p>' if message else "",
        channels=_options({channel.id: f"{channel.name} ({channel.currency})" for channel in CHANNELS}),
        statuses=_options({status: status for status in ("AWAITING_ACCEPTANCE", *STATUSES, "CHANNEL_SPECIFIC")}),
        operations=_options({name: name for name in NAMES}),
        kinds=_options({kind: kind for kind in get_args(Kind)}),
        faults=_faults(world),
        tokens=world.store.rows("SELECT count(*) FROM tokens")[0][0],
        steps=_options(STEPS),
        codes=_options({code: code for code in CODES}),
        outcomes=_options({outcome: outcome for outcome in get_args(Outcome)}),
        scripts=_scripts(world),
        actions=_actions(world) or _empty(6, "No actions yet."),
        limits=_checked(switches.limits),
        alive=_checked(switches.alive),
        strict_audience=_checked(switches.strict_audience),
        strict_decisions=_checked(switches.strict_decisions),
        settle_seconds=f"{switches.settle_seconds:g}",
        show_seconds=f"{switches.show_seconds:g}",
        seed=switches.seed,
        speed=f"{switches.speed:g}",
        token_seconds=switches.token_seconds,
        ids="".join(f"<option>{escape(order_id)}</option>" for order_id, _, _ in orders),
        orders="".join(_order_row(*order) for order in orders) or _empty(5, "No orders yet."),
        calls=_calls(world) or _empty(6, "No calls yet."),
    )


def _options(choices: dict[str, str]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices.items())


def _checked(switch: bool) -> str:
    return " checked" if switch else ""


def _empty(columns: int, text: str) -> str:
    return f'<tr><td colspan="{columns}">{escape(text)}</td></tr>'


def _row(cells: Iterable[Any]) -> str:
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"


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
    return (
        f"{', '.join(words)} for {where}, "
        + _how_often(script.times)
        + (", if decided both ways" if script.mixed else "")
        + (f", {script.share:.1%} of them" if script.share < 1 else "")
    )


def _actions(world: World) -> str:
    return "".join(_action_row(action) for action in actions.last(world.store, LAST_ACTIONS))


def _action_row(action: dict[str, Any]) -> str:
    decisions = [line["accepted"] for line in action["body"]["order_lines"]]
    asked = f"accept {decisions.count(True)}, refuse {decisions.count(False)}"
    errors = "; ".join(f"{error['code']}: {error['message']}" for error in action["errors"])
    shown = action["shown_at"] or ""
    return _row((action["created_at"], action["order_id"], asked, action["status"], errors, shown))


def _last_orders(world: World) -> list[tuple[str, int, bytes]]:
    return world.store.rows(
        "SELECT id, updated_at, body FROM orders ORDER BY updated_at DESC, id DESC LIMIT ?", (LAST_ORDERS,)
    )


def _order_row(order_id: str, updated_at: int, body: bytes) -> str:
    """A raw order may hold anything."""
    order = from_json(body)
    known = order if isinstance(order, dict) else {}
    origin, lines = known.get("origin"), known.get("order_lines")
    channel = origin.get("channel_name", "") if isinstance(origin, dict) else ""
    count = len(lines) if isinstance(lines, list) else ""
    return _row((order_id, channel, known.get("status", ""), count, written(moment_of(updated_at))))


def _calls(world: World) -> str:
    return "".join(_call_row(entry) for entry in reversed(world.journal.entries()[-LAST_CALLS:]))


def _call_row(entry: dict[str, Any]) -> str:
    query = "&".join(f"{name}={value}" for name, values in entry["query"].items() for value in values)
    call = f"{entry['method']} {entry['path']}" + (f"?{query[:60]}" if query else "")
    trouble, answer = entry["fault"] or "", entry["status"] or "none"
    return _row((entry["at"], call, entry["client"] or "", trouble, answer, entry["milliseconds"] or ""))
