from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0004_connection_report_orders"),
        ("orders", "0002_deadlines"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("remote_id", models.CharField(max_length=200, verbose_name="Mirakl id")),
                ("type", models.CharField(max_length=40, verbose_name="type")),
                ("executed_at", models.DateTimeField(verbose_name="done")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="code")),
                ("reason", models.CharField(blank=True, max_length=2000, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("told", "Reported"), ("refused", "Refused")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("claim", models.CharField(blank=True, editable=False, max_length=36)),
                ("claimed_until", models.DateTimeField(editable=False, null=True)),
                ("most_together", models.PositiveSmallIntegerField(editable=False)),
                ("lost", models.PositiveSmallIntegerField(default=0, verbose_name="answers that were lost")),
                ("told_at", models.DateTimeField(null=True, verbose_name="reported")),
                ("action_id", models.CharField(blank=True, max_length=200, verbose_name="Mirakl’s action id")),
                ("text", models.TextField(blank=True, verbose_name="what Mirakl said")),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="connections.connection",
                        verbose_name="connection",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="reports_due"),
                    models.Index(fields=["executed_at"], name="reports_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "remote_id"), name="one_report_per_order")
                ],
            },
        ),
    ]
