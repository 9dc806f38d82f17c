"""The catalogue of every fact the portal publishes, one file an app.

Import a contract from its file: `from events.contracts.slo import BurnRateCritical`.
"""
