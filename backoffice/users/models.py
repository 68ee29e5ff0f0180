"""Staff accounts: one person, one e-mail address; what they may do, and for which connections."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from backoffice.users import rights
from backoffice.users.enums import Density, Language, Theme


class UserManager(DjangoUserManager["User"]):
    """Creates staff by e-mail address; there is no user name."""

    def get_by_natural_key(self, username: str | None) -> User:
        return super().get_by_natural_key((username or "").lower())

    def _create(self, email: str, password: str | None, **fields: Any) -> User:
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(  # type: ignore[override]  # -- Django's signature starts with a user name, which we do not have
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        return self._create(email, password, **fields)

    def create_superuser(  # type: ignore[override]  # -- as above
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        return self._create(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractUser):
    username = None  # type: ignore[assignment]  # -- the documented way to drop an inherited field
    email = models.EmailField(_("e-mail address"), unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, default=Language.ENGLISH)
    theme = models.CharField(_("colours"), max_length=10, choices=Theme.choices, default=Theme.AUTO)
    density = models.CharField(_("density"), max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    single_keys = models.BooleanField(
        _("keyboard shortcuts of one key"),
        default=True,
        help_text=_("Switch them off if speech input or another aid presses keys for you."),
    )
    all_connections = models.BooleanField(
        _("works for all connections"),
        default=True,
        help_text=_("Otherwise only for those that are chosen: nothing else can be seen, found, counted or changed."),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]
        permissions = [(rights.codename(right), name) for right, name in rights.NAMES.items()]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the address in lower case: nobody has two accounts that differ in capital letters."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @cached_property
    def scopes(self) -> list[tuple[int, int | None]]:
        """Connection, and channel or None for all of it: what somebody works for who does not work for everything."""
        return list(self.scope_rows.values_list("connection_id", "channel_id"))

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Scope(models.Model):
    """One connection, or one channel of it, that a person works for. Plain ids: connections stand above staff."""

    user = models.ForeignKey(User, models.CASCADE, related_name="scope_rows", verbose_name=_("user"))
    connection_id = models.BigIntegerField(_("connection"))
    channel_id = models.BigIntegerField(_("channel"), null=True, blank=True)

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        constraints = [
            models.UniqueConstraint(fields=["user", "connection_id", "channel_id"], name="one_scope_per_channel"),
            # NULL is not equal to NULL in the one above.
            models.UniqueConstraint(
                fields=["user", "connection_id"], condition=models.Q(channel_id=None), name="one_scope_per_connection"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.channel_id or '*'}"
