from django.db import migrations, models

import slo.models.indicators


class Migration(migrations.Migration):
    dependencies = [
        ("slo", "0005_forecast_depletion"),
    ]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="history_version",
            field=models.BigIntegerField(
                default=slo.models.indicators.new_history_version, editable=False
            ),
        ),
    ]
