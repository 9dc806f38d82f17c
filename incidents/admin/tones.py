"""Which colour repeats which word."""

SEVERITY = {"SEV1": "critical", "SEV2": "high", "SEV3": "medium", "SEV4": "low"}
STATUS = {"triggered": "critical", "acknowledged": "medium", "resolved": "good"}
PAGE = {
    "pending": "medium",
    "leased": "medium",
    "sent": "good",
    "failed": "critical",
    "cancelled": "quiet",
}
OUTCOME = {"accepted": "good", "refused": "critical", "failed": "high"}
