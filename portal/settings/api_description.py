"""What /api/schema says of the API as a whole, and of each of its parts."""

API_DESCRIPTION = """What a team that runs services needs to know and do, for automation.

**Signing in.** Every address needs an account, this page and `/api/schema` too. Scripts send
`Authorization: Bearer <token>`; `manage.py issue_api_token USERNAME` makes a token and shows it
once. A browser that is signed in to the admin is known by its session, and its unsafe calls need
Django's CSRF token. What an account may do is what its rights in the admin say.

**Events** are described in AsyncAPI 3 at `/api/asyncapi`.

**Once.** An unsafe call with an `Idempotency-Key` has its effect once: the same key with the same
body repeats the first answer for two days, with `Idempotent-Replayed: true`.

**Refusals** are problem documents (RFC 9457). `detail` says what to do, `errors` points at fields.
**Times** are ISO 8601 with an offset, answered in UTC. **Lists** come in pages: `count`, `next`,
`previous`, `results`.
"""

API_TAGS = [
    {"name": "slo", "description": "Promises: what is counted, and how fast budgets burn."},
    {"name": "incidents", "description": "What broke, who is on it, and who was paged."},
    {"name": "catalog", "description": "The services, teams and environments all point at."},
    {"name": "events", "description": "What happened, in which order."},
    {"name": "disaster-recovery", "description": "How parts come back, and when that was tried."},
    {"name": "governance", "description": "Whether the APIs are safe and stable for clients."},
    {"name": "config", "description": "Environments, and who did what to which secret."},
    {"name": "resilience", "description": "The limits of calls to each dependency."},
]
