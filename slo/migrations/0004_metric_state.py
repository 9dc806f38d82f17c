from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("slo", "0003_thinned"),
    ]

    operations = [
        migrations.AddField(
            model_name="seriesstate",
            name="intervals",
            field=models.JSONField(blank=True, default=list, verbose_name="intervals"),
        ),
        migrations.AddField(
            model_name="seriesstate",
            name="shape",
            field=models.JSONField(blank=True, null=True, verbose_name="shape"),
        ),
        migrations.AddField(
            model_name="unmatchedcount",
            name="channel",
            field=models.CharField(default="remote_write", max_length=20, verbose_name="channel"),
            preserve_default=False,
        ),
    ]
