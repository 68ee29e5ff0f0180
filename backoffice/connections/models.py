"""How we reach one company (Connect) or one shop (marketplace) at Mirakl."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.connections.enums import Family, State, Trouble
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
