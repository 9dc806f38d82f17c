from events.rules import cloud_events
from portal.shared.api.parsers import StrictJSONParser


class CloudEventParser(StrictJSONParser):
    media_type = cloud_events.STRUCTURED


class CloudEventBatchParser(StrictJSONParser):
    media_type = cloud_events.BATCH
