"""What we ask of Mirakl, each time we tried, and what was asked together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.connections.models import Connection
from backoffice.outbox.enums import OPEN, QUEUED, Cause, State


class Batch(models.Model):
    """Many actions that one person asked for at once. Its other counts are counted from its actions."""

    kind = models.CharField(_("kind"), max_length=40)
    asked = models.PositiveIntegerField(_("asked for"))
    # [{"label": "MR-1001 · Maison Rivoli", "url": "/orders/12/", "reason": "It was accepted meanwhile."}, …]
    skipped: models.JSONField[Any, Any] = models.JSONField(_("left out"), default=list)
    token = models.CharField(max_length=40, unique=True)  # of the form: pressed twice, it is one batch
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("batch")
        verbose_name_plural = _("batches")

    def __str__(self) -> str:
        return f"{self.kind} × {self.asked}"


class Action(models.Model):
    """One change that somebody asked for. Written only by `queue`, `delivery`, `following` and `sweep`."""

    kind = models.CharField(_("kind"), max_length=40)
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False, verbose_name=_("connection"))
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, db_index=False, related_name="actions")

    # What it is about: "orders.order", its primary key, and its words as they were when this was asked for.
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    label = models.CharField(_("about"), max_length=250)
    place = models.CharField(_("channel"), max_length=200, blank=True)
    # One action of a lane is on its way at a time, first in, first out. "" is a lane of its own.
    lane = models.CharField(max_length=100, blank=True)
    # While this is open no other with the same text can be. "" shares.
    exclusive = models.CharField(max_length=100, blank=True)
    after = models.ForeignKey("self", models.PROTECT, null=True, related_name="dependents")
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="successor")

    request: models.JSONField[Any, Any] = models.JSONField(_("asked for"))  # in the words of the kind
    seen: models.JSONField[Any, Any] = models.JSONField(_("seen"))  # what mattered of the target, as the person saw it
    now: models.JSONField[Any, Any] = models.JSONField(_("instead"), null=True)  # the same when a conflict was found
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    automatic = models.BooleanField(_("by itself"), default=False)  # a repetition that nobody had to ask for
    attempt_number = models.PositiveSmallIntegerField(default=1)  # of automatic repetitions in a row, this one included
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True)
    token = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001 -- many have none; "" would clash
    deadline = models.DateTimeField(_("deadline"), null=True)

    # HELD: the end of the undo window. WAITING: when it is due.
    not_before = models.DateTimeField(_("not before"))
    most_together = models.PositiveIntegerField(null=True)  # in one call, since a larger one was refused as a whole
    # Whoever has the claim sends; it ends by itself when the worker dies.
    claim = models.CharField(max_length=36, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    departed_at = models.DateTimeField(_("left us"), null=True)  # committed before the first byte can leave

    remote_id = models.CharField(_("Mirakl's action id"), max_length=200, blank=True)
    remote_status = models.CharField(_("status at Mirakl"), max_length=60, blank=True)  # its own word
    sent_at = models.DateTimeField(_("taken by Mirakl"), null=True)
    ask_at = models.DateTimeField(_("next question"), null=True)
    asks = models.PositiveIntegerField(_("questions"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True)

    cause = models.CharField(_("cause"), max_length=12, choices=Cause.choices, blank=True)
    code = models.CharField(_("code"), max_length=60, blank=True)  # Mirakl's
    text = models.TextField(_("in their own words"), blank=True)
    reason = models.TextField(_("reason"), blank=True)  # a person's, for ending it
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )

    # Complete readings of the target since the last move that needs proof, and up to when the last of them reached.
    reads = models.PositiveIntegerField(_("readings since"), default=0)
    read_to = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(_("seen in a reading"), null=True)
    differs_at = models.DateTimeField(_("still not seen"), null=True)  # confirmed, and two readings do not show it
    settled_at = models.DateTimeField(_("settled"), null=True)  # a person looked into that

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.UniqueConstraint(
                fields=["exclusive"], name="one_open_action", condition=Q(state__in=OPEN) & ~Q(exclusive="")
            ),
            models.UniqueConstraint(
                fields=["lane"], name="one_sending_in_lane", condition=Q(state=State.SENDING) & ~Q(lane="")
            ),
            models.CheckConstraint(
                name="nothing_left",
                # WAITING may have left once: what is harmless twice is sent again after a lost answer.
                condition=Q(departed_at=None) | ~Q(state__in=[State.TO_APPROVE, State.HELD, State.UNDONE]),
            ),
            models.CheckConstraint(name="known_state", condition=Q(state__in=State.values)),
        ]
        indexes = [
            models.Index(fields=["connection", "state", "not_before", "id"], name="actions_due"),
            models.Index(fields=["lane", "id"], name="actions_in_lane", condition=Q(state__in=QUEUED)),
            models.Index(fields=["state", "-id"], name="actions_in_state"),
            models.Index(fields=["state", "differs_at"], name="actions_differing"),
            models.Index(fields=["connection", "ask_at"], name="actions_to_follow", condition=Q(state=State.SENT)),
            models.Index(
                fields=["connection", "kind", "id"],
                name="actions_to_see",
                condition=Q(state__in=[State.SENT, State.UNKNOWN]) | Q(state=State.CONFIRMED, seen_at=None),
            ),
            models.Index(fields=["target_type", "target_id", "-id"], name="actions_on_target"),
            models.Index(fields=["batch", "state"], name="actions_in_batch"),
            models.Index(fields=["remote_id"], name="actions_by_remote_id"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} · {self.label}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Attempt(models.Model):
    """One call that was made for an action. A call that never came back has no outcome."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="attempts", verbose_name=_("action"))
    at = models.DateTimeField(_("when"))
    operation = models.CharField(_("operation"), max_length=60)
    status = models.PositiveSmallIntegerField(_("status"), default=0)  # 0: no answer
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)  # "ok", or the name of the error
    milliseconds = models.PositiveIntegerField(_("duration in ms"), default=0)
    code = models.CharField(_("code"), max_length=60, blank=True)
    text = models.TextField(_("text"), blank=True)
    request_id = models.CharField(_("request id"), max_length=100, blank=True)
    # Only while the connection's bodies are kept.
    sent = models.TextField(_("what was sent"), blank=True)
    received = models.TextField(_("what came back"), blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.operation} {self.at:%Y-%m-%d %H:%M:%S}"


class Valve(models.Model):
    """Shut while a connection does not take anything, so that one broken connection holds up no other."""

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="valve")
    shut_until = models.DateTimeField(_("shut until"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)

    class Meta:
        verbose_name = _("valve")
        verbose_name_plural = _("valves")

    def __str__(self) -> str:
        return str(self.connection)


class Heartbeat(models.Model):
    """One row: when the scheduler and a worker last saw to the actions together."""

    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
