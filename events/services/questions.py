"""What can be asked of the log through the bus without a change."""

from dataclasses import dataclass, field
from datetime import datetime

from events import selectors
from events.bus import Query, answers
from events.rules.dead_letters import Chosen
from events.selectors import ConsumerLag, KeptClass, Preview


@dataclass(frozen=True, kw_only=True)
class HowManyLetters(Query[Preview]):
    chosen: Chosen = field(default_factory=Chosen)


@answers(HowManyLetters)
def how_many_letters(query: HowManyLetters, _at: datetime) -> Preview:
    return selectors.preview(query.chosen)


@dataclass(frozen=True, kw_only=True)
class HowFarConsumersAre(Query[list[ConsumerLag]]):
    pass


@answers(HowFarConsumersAre)
def how_far_consumers_are(_query: HowFarConsumersAre, at: datetime) -> list[ConsumerLag]:
    return selectors.consumer_lags(at=at)


@dataclass(frozen=True, kw_only=True)
class WhatIsKept(Query[list[KeptClass]]):
    pass


@answers(WhatIsKept)
def what_is_kept(_query: WhatIsKept, at: datetime) -> list[KeptClass]:
    return selectors.kept_classes(at=at)
