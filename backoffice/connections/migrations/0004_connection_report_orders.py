from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0003_stops_changes_and_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="report_orders",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Every five minutes Mirakl Connect is told, for its own pages, which orders were stored here and which could not be, with the reason.",
                verbose_name="report results to Mirakl",
            ),
        ),
    ]
