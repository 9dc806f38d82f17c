import datetime
import django.db.models.deletion
import events.contracts.base
import events.models.event
from django.db import migrations, models

# What was on its way keeps its day and its lane, and the first of each key its mark.
CARRY_ON = """
UPDATE events_delivery SET is_head = FALSE,
    recorded_at = (SELECT e.recorded_at FROM events_event AS e WHERE e.id = events_delivery.event_id),
    lane = (SELECT e.priority FROM events_event AS e WHERE e.id = events_delivery.event_id);
UPDATE events_delivery SET is_head = TRUE WHERE id IN (
    SELECT MIN(id) FROM events_delivery WHERE state IN ('pending', 'parked')
    GROUP BY subscriber, sequence_key
);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consumer',
            fields=[
                ('name', models.CharField(max_length=120, primary_key=True, serialize=False, verbose_name='name')),
                ('position', models.BigIntegerField(default=0, verbose_name='position')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
            ],
            options={
                'verbose_name': 'consumer',
                'verbose_name_plural': 'consumers',
            },
        ),
        migrations.CreateModel(
            name='LogHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(default=0, verbose_name='position')),
                ('moved_at', models.DateTimeField(null=True, verbose_name='moved at')),
            ],
            options={
                'verbose_name': 'head of the log',
                'verbose_name_plural': 'head of the log',
            },
        ),
        migrations.CreateModel(
            name='Stream',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False, verbose_name='name')),
                ('version', models.BigIntegerField(verbose_name='version')),
                ('lane', models.PositiveSmallIntegerField(choices=[(1, 'low'), (5, 'normal'), (9, 'high')], verbose_name='lane')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
            ],
            options={
                'verbose_name': 'stream',
                'verbose_name_plural': 'streams',
            },
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='events_delivery_pending',
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='events_delivery_undelivered',
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='lease_until',
        ),
        migrations.AddField(
            model_name='delivery',
            name='is_head',
            field=models.BooleanField(default=True, verbose_name='first of its key'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='lane',
            field=models.PositiveSmallIntegerField(choices=[(1, 'low'), (5, 'normal'), (9, 'high')], default=events.contracts.base.Priority['NORMAL'], verbose_name='lane'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='parked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='parked at'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='position',
            field=models.BigIntegerField(null=True, verbose_name='position'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='recorded_at',
            field=models.DateTimeField(default=datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), verbose_name='recorded at'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='event',
            name='retention_class',
            field=models.CharField(default='system', max_length=40, verbose_name='retention class'),
        ),
        migrations.AddField(
            model_name='event',
            name='stream_version',
            field=models.BigIntegerField(null=True, verbose_name='stream version'),
        ),
        migrations.AddField(
            model_name='event',
            name='transaction_began',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='transaction_id',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='event',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='deliveries', to='events.event'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('pending', 'pending'), ('delivered', 'delivered'), ('parked', 'parked'), ('discarded', 'discarded')], default='pending', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='event',
            name='event_id',
            field=models.UUIDField(db_index=True, default=events.models.event.new_event_id, verbose_name='event id'),
        ),
        migrations.AlterField(
            model_name='event',
            name='position',
            field=models.BigIntegerField(db_index=True, null=True, verbose_name='position'),
        ),
        migrations.RunSQL(CARRY_ON, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('is_head', True), ('state', 'pending')), fields=['lane', 'due_at'], name='events_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['pending', 'parked'])), fields=['subscriber', 'sequence_key', 'id'], name='events_delivery_undelivered'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('position', None)), fields=['id', 'transaction_id'], name='events_event_unsequenced'),
        ),
    ]
