from events.models import Delivery, RefusedArrival

DELIVERY: dict[str, str] = {
    Delivery.State.PENDING: "low",
    Delivery.State.DELIVERED: "good",
    Delivery.State.PARKED: "critical",
    Delivery.State.DISCARDED: "quiet",
}
ARRIVAL: dict[str, str] = {
    RefusedArrival.State.PARKED: "critical",
    RefusedArrival.State.TAKEN_IN: "good",
    RefusedArrival.State.DISCARDED: "quiet",
}
