"""Telling Connect what our synchronisation did with orders (`v2-reportOrderActions`), where a connection says so.

A reading notes its results in its own transaction: one row to an order, whose newest result counts. Five minutes later
they leave, up to a hundred to a call. Told twice, a result is one more line in Connect's log and changes no order: so
whatever may not have arrived is told again, but not for ever.

Readings and workers lock several of these rows at a time, always in the order of `_locked`: never each other's.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When
from django.utils import timezone

from backoffice.connections import clients, health, reports
from backoffice.connections.enums import State, Trouble
from backoffice.connections.fields import UnreadableSecretError
from backoffice.connections.models import Connection
from backoffice.connections.reports import Reports
from backoffice.mirakl import errors
from backoffice.mirakl.connect.inputs import orders as inputs
from orders.enums import ReportState
from orders.models import Report

MOST = 100  # to a call
EVERY = timedelta(minutes=5)  # recommended; a full batch may follow after a minute
RECENT = timedelta(hours=24)  # a first import of all orders is no news to anybody
KEPT = timedelta(days=7)
CLAIM = timedelta(minutes=2)  # longer than a call can take
MOST_LOST = 3  # answers, one after the other
LONGEST = 2000  # characters of a reason

_FREE: dict[str, Any] = {"claim": "", "claimed_until": None}
_AT = re.compile(r"\bactions\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Result:
    """What a reading did with one order. `code` and `reason` are empty where it was stored; a reason holds no data of
    a customer. `updated_at` is None where it could not be read."""

    remote_id: str
    new: bool
    updated_at: datetime | None
    code: str = ""
    reason: str = ""


def note(connection: Connection, results: Iterable[Result], *, now: datetime) -> None:
    """Writes down what Connect is to be told, in the caller's transaction. Two queries, and one more for every sixty
    on SQLite."""
    nameable = sorted((one for one in results if 0 < len(one.remote_id) <= 200), key=lambda one: one.remote_id)
    found = Report.objects.filter(connection=connection, remote_id__in=[one.remote_id for one in nameable])
    with transaction.atomic(savepoint=False):
        known = {row.remote_id: row for row in _locked(found)}
        Report.objects.bulk_create(
            [
                _noted(connection, one, known.get(one.remote_id), now)
                for one in nameable
                if _is_news(one, known.get(one.remote_id), now)
            ],
            update_conflicts=True,
            unique_fields=["connection", "remote_id"],
            update_fields=[*_OF_A_RESULT, *_FREE],
        )


def _locked(rows: QuerySet[Report]) -> list[Report]:
    return list(rows.select_for_update().order_by("remote_id"))


_OF_A_RESULT = (
    *("type", "executed_at", "code", "reason", "state", "due_at", "most_together"),
    *("lost", "told_at", "action_id", "text"),
)


def _is_news(result: Result, before: Report | None, now: datetime) -> bool:
    """Something of the last hours, or the end of a failure that is known there; the same failure again is none."""
    if result.reason and before is not None:
        return before.reason != result.reason[:LONGEST]
    recent = result.updated_at is None or result.updated_at > now - RECENT
    return recent or bool(before and before.reason)


def _noted(connection: Connection, result: Result, before: Report | None, now: datetime) -> Report:
    waits = before if before and before.state == ReportState.WAITING else None
    # Whoever was not told yet that an order is new here is told now.
    new = result.new or bool(waits and waits.type == "SYNCHRONIZE_ORDER")
    return Report(
        connection=connection,
        remote_id=result.remote_id,
        type="SYNCHRONIZE_ORDER" if new else "SYNCHRONIZE_ORDER_UPDATE",
        executed_at=now,
        code=result.code,
        reason=result.reason[:LONGEST],
        # An order that changes all the time would otherwise be put off for ever.
        due_at=waits.due_at if waits else now + EVERY / connection.speed,
        most_together=MOST,
    )


def _free(now: datetime) -> Q:
    return Q(claim="") | Q(claimed_until__lt=now)


def due(now: datetime) -> list[int]:
    """Keys of the connections that have results to tell now. One query."""
    rows = Report.objects.filter(_free(now), state=ReportState.WAITING, due_at__lte=now)
    allowed = rows.filter(connection__state=State.ACTIVE, connection__report_orders=True)
    return list(allowed.values_list("connection_id", flat=True).order_by("connection_id").distinct())


def forget(now: datetime) -> None:
    """Old results go, whether they were told or not. Those that somebody holds go next time: nobody is waited for."""
    old = Report.objects.filter(executed_at__lt=now - KEPT)
    with transaction.atomic():
        Report.objects.filter(pk__in=old.select_for_update(skip_locked=True).values("pk")).delete()


def report(connection_id: int) -> None:
    """Makes one call for what waits, if the connection may send. What comes later than the claim counts as new."""
    connection = Connection.objects.get(pk=connection_id)
    if connection.state != State.ACTIVE or not connection.report_orders:
        return
    mine = str(uuid.uuid4())
    rows = _claim(connection_id, mine, now=timezone.now())
    if not rows:
        return
    try:
        ids = clients.connect(connection).report_order_actions([_told(row) for row in rows])
    except (errors.MiraklError, ValueError) as error:
        with transaction.atomic():
            _locked(Report.objects.filter(connection=connection, state=ReportState.WAITING))
            _went_wrong(connection, mine, rows, error)
    else:
        which = Case(*[When(pk=row.pk, then=Value(given[:200])) for row, given in zip(rows, ids, strict=True)])
        told = {"state": ReportState.TOLD, "told_at": timezone.now(), "text": ""}
        with transaction.atomic():
            held = Report.objects.filter(claim=mine)
            _locked(held)
            held.update(action_id=which, **told, **_FREE)


def _claim(connection_id: int, mine: str, *, now: datetime) -> list[Report]:
    """Takes what goes into one call, as many as its results still allow. Those that were refused together come last."""
    free = Report.objects.filter(_free(now), connection_id=connection_id, state=ReportState.WAITING)
    first = list(free.order_by("-most_together", "due_at", "pk").values_list("pk", "most_together")[:MOST])
    keys = [pk for pk, most in first[: first[0][1]] if most == first[0][1]] if first else []
    with transaction.atomic():
        _locked(free.filter(pk__in=keys))
        free.filter(pk__in=keys).update(claim=mine, claimed_until=now + CLAIM)
    return list(Report.objects.filter(claim=mine).order_by("pk"))


def _told(row: Report) -> inputs.Report:
    fault = inputs.ReportedFault(code=row.code, message=row.reason) if row.reason else None  # type: ignore[arg-type]  # -- one of the words that `orders.sync` gives
    return inputs.Report(
        type=row.type,  # type: ignore[arg-type]  # -- one of the two that `_noted` writes
        status="FAILED" if fault else "SUCCESS",
        entity_type="ORDER",
        entity_id=row.remote_id,
        executed_at=row.executed_at,
        errors=[fault] if fault else [],
    )


def _went_wrong(connection: Connection, mine: str, rows: list[Report], error: Exception) -> None:
    """What the error means for these results. Only refused credentials are trouble of the connection: everything else
    readings meet by themselves, or it is about reports alone and stands beside them."""
    now = timezone.now()
    held = Report.objects.filter(claim=mine)
    text = str(error).replace("\0", "")[:LONGEST]
    if isinstance(error, errors.NotYet):  # the next tick asks again
        held.update(**_FREE)
    elif isinstance(error, errors.TooSoon):
        _put_off(connection, held, text, until=now + timedelta(seconds=error.retry_after))
    elif isinstance(error, errors.Invalid) or (
        isinstance(error, ValueError) and not isinstance(error, UnreadableSecretError)
    ):
        _refused(held, rows, error, text, now=now)
    else:
        if isinstance(error, errors.OutcomeUnknown):
            _lost(held, text, now=now)
        if (trouble := health.trouble_of(error)) == Trouble.CREDENTIALS:
            health.record_trouble(connection, trouble, text, now=now)
        _put_off(connection, held, text, until=now + EVERY / connection.speed)


def _put_off(connection: Connection, held: QuerySet[Report], text: str, *, until: datetime) -> None:
    """Nothing of this connection is told before that moment."""
    held.update(text=text, **_FREE)
    waiting = Report.objects.filter(connection=connection, state=ReportState.WAITING, due_at__lt=until)
    waiting.update(due_at=until)


def _lost(held: QuerySet[Report], text: str, *, now: datetime) -> None:
    """Nobody knows whether it arrived: told again, but no more than a few lines in Connect's log come of it."""
    held.update(lost=F("lost") + 1)
    held.filter(lost__gte=MOST_LOST).update(state=ReportState.REFUSED, told_at=now, text=text, **_FREE)


def _refused(held: QuerySet[Report], rows: list[Report], error: Exception, text: str, *, now: datetime) -> None:
    """A call is taken whole or not at all. The results that Mirakl names are at fault, and the others go without them;
    where it names none, halves go, down to the one."""
    faults = [fault.field for fault in error.errors] if isinstance(error, errors.Invalid) else [text]
    named = {int(at) for fault in faults for at in _AT.findall(fault)}
    wrong = [row.pk for at, row in enumerate(rows) if at in named or len(rows) == 1]
    if wrong:
        held.filter(pk__in=wrong).update(state=ReportState.REFUSED, told_at=now, text=text, **_FREE)
        held.update(**_FREE)
    else:
        held.update(most_together=max(len(rows) // 2, 1), **_FREE)


def summary(connection_id: int) -> Reports:
    """How far Connect has been told, for the page of the connection. Two queries."""
    rows = Report.objects.filter(connection_id=connection_id)
    counted = rows.aggregate(
        until=Max("executed_at", filter=Q(state=ReportState.TOLD)),
        waiting=Count("pk", filter=Q(state=ReportState.WAITING)),
        refused=Count("pk", filter=Q(state=ReportState.REFUSED)),
    )
    wrong = rows.exclude(text="").exclude(state=ReportState.TOLD).order_by("-executed_at", "-pk")
    return Reports(**counted, text=wrong.values_list("text", flat=True).first() or "")


reports.register(summary)
