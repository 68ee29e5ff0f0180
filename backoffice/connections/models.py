"""How we reach one company (Connect) or one shop (marketplace) at Mirakl."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.connections.enums import OPEN_CHECKS, CheckState, Family, Happening, State, Trouble
from backoffice.connections.fields import SecretField
from backoffice.connections.validators import validate_mirakl_url


class Connection(models.Model):
    """One set of credentials at one host. Its health is what the last call said."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    family = models.CharField(_("API"), max_length=20, choices=Family.choices, default=Family.CONNECT)
    base_url = models.CharField(_("base URL"), max_length=300, validators=[validate_mirakl_url])
    token_url = models.CharField(_("token URL"), max_length=300, blank=True, validators=[validate_mirakl_url])
    client_id = models.CharField(_("client id"), max_length=200, blank=True)
    secret = SecretField(_("client secret or shop key"))
    audience = models.CharField(
        _("seller company id"), max_length=200, blank=True, help_text=_("Sent as “audience” where it is filled in.")
    )
    shop_id = models.BigIntegerField(_("shop id"), null=True, blank=True)
    speed = models.FloatField(
        _("speed"),
        default=1,
        validators=[MinValueValidator(0.01)],
        help_text=_("1 at Mirakl. A sandbox that runs faster says how much."),
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=State.choices,
        default=State.OBSERVE,
        help_text=_("A new connection only observes: nothing leaves until somebody lets it. What staff ask for waits."),
    )
    keep_bodies = models.BooleanField(
        _("keep what is sent and received"),
        default=False,
        help_text=_("For looking into trouble. Bodies of changes hold customers’ data: switch it off again."),
    )
    report_orders = models.BooleanField(
        _("report results to Mirakl"),
        default=False,
        db_default=False,  # a worker of the version before does not know the column
        help_text=_(
            "Every five minutes Mirakl Connect is told, for its own pages, which orders were stored here and which"
            " could not be, with the reason."
        ),
    )

    # Counts every change of where we ask and who we say we are: an answer to the old ones says nothing of the new.
    revision = models.PositiveIntegerField(default=1, editable=False)
    secret_at = models.DateTimeField(_("secret stored"), null=True, editable=False)
    # While STOPPED: what it goes back to, since when, and when the credentials are tried again by themselves.
    # While PAUSED: what it was before.
    resumes_to = models.CharField(max_length=20, choices=State.choices, blank=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped since"), null=True, editable=False)
    probe_at = models.DateTimeField(_("credentials tried again"), null=True, editable=False)
    probes = models.PositiveIntegerField(default=0, editable=False)
    resumed_at = models.DateTimeField(null=True, editable=False)

    trouble = models.CharField(_("trouble"), max_length=20, choices=Trouble.choices, blank=True, editable=False)
    trouble_text = models.TextField(_("what happened"), blank=True, editable=False)
    trouble_since = models.DateTimeField(_("since"), null=True, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("connection")
        verbose_name_plural = _("connections")

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """Who did what to a connection, and when; nobody where it happened by itself. Never edited or deleted by hand."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="changes", verbose_name=_("connection"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    what = models.CharField(_("what"), max_length=20, choices=Happening.choices)
    before = models.CharField(_("before"), max_length=20, choices=State.choices, blank=True)
    after = models.CharField(_("after"), max_length=20, choices=State.choices, blank=True)
    # Names of fields that were edited, without their values; or what Mirakl answered.
    text = models.TextField(_("text"), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change of a connection")
        verbose_name_plural = _("changes of connections")
        indexes = [models.Index(fields=["connection", "-at"], name="change_of_connection")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.what} {self.at:%Y-%m-%d %H:%M:%S}"


class ConnectionCheck(models.Model):
    """One try of a connection, layer by layer, that changes nothing at Mirakl. The row decides who runs it.

    `steps` is a list of `{"layer", "outcome", "said", "values", "text", "milliseconds"}` in the order of `Layer`:
    `said` and `values` name a sentence of `wording`, `text` is what was answered, word by word.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="checks", verbose_name=_("connection"))
    revision = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=CheckState.choices, default=CheckState.WAITING)
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    due_at = models.DateTimeField()
    claim = models.CharField(max_length=36, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    waits = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ok = models.BooleanField(_("good"), null=True)
    steps = models.JSONField(_("steps"), default=list)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("check of a connection")
        verbose_name_plural = _("checks of connections")
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=models.Q(state__in=OPEN_CHECKS), name="one_open_check"
            )
        ]
        indexes = [models.Index(fields=["connection", "-asked_at"], name="check_of_connection")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.asked_at:%Y-%m-%d %H:%M:%S}"
