import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('slo', '0002_exact_budgets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Thinned',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rows', models.CharField(choices=[('counts', 'counts'), ('latencies', 'latencies')], max_length=10, verbose_name='rows')),
                ('minutes', models.PositiveIntegerField(verbose_name='interval (minutes)')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('indicator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='thinned', to='slo.indicator', verbose_name='indicator')),
            ],
            options={
                'verbose_name': 'thinned rows',
                'verbose_name_plural': 'thinned rows',
                'constraints': [models.UniqueConstraint(fields=('indicator', 'rows', 'minutes'), name='slo_thinned_once_a_grain')],
            },
        ),
    ]
