from __future__ import annotations

import datetime

from django.db import migrations, models
from django.db.models import F

NO_DATE = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)


def shipping_deadlines(apps, schema_editor):
    """What is known already is due when it has to be shipped. No channel has a policy yet, so nothing else is known."""
    ours = apps.get_model("orders", "Order").objects.exclude(fulfillment="FULFILLED_BY_PARTNER")
    dated = ours.filter(stage__in=["to_accept", "waiting", "to_ship"], ship_by__isnull=False)
    dated.update(due_at=F("ship_by"))


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AddField("order", "accept_by", models.DateTimeField(null=True, verbose_name="accept by")),
        migrations.AddField("order", "due_at", models.DateTimeField(default=NO_DATE, verbose_name="due")),
        migrations.RunPython(shipping_deadlines, migrations.RunPython.noop),
        migrations.AddIndex("order", models.Index(fields=["due_at", "id"], name="orders_by_due")),
        migrations.AddIndex(
            "order", models.Index(fields=["stage", "created_at", "id"], name="orders_in_stage_by_age")
        ),
        migrations.AddIndex("order", models.Index(fields=["channel", "created_at", "id"], name="orders_of_channel")),
        migrations.AddIndex(
            "order", models.Index(fields=["channel", "stage", "sort_at", "id"], name="orders_in_stage_of_channel")
        ),
        migrations.AddIndex("order", models.Index(fields=["number"], name="orders_by_number")),
    ]
