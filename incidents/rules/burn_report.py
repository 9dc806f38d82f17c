"""What an incident says of the burning objective that opened it."""

from collections.abc import Mapping

WINDOWS = ("1h", "6h", "24h", "7d")


def burn_title(objective_name: str, burn_rates: Mapping[str, float]) -> str:
    """This will return `Storefront availability burns its error budget 120x`.

    The number is the fastest of the windows; 1x would spend the budget exactly in its time.
    """
    fastest = max(burn_rates.values(), default=None)
    pace = "too fast" if fastest is None else f"{fastest:.3g}x"
    if fastest is not None and fastest >= 1000:
        pace = f"{fastest:.0f}x"
    return f"{objective_name} burns its error budget {pace}"


def burn_description(
    *,
    service: str,
    level: str,
    previous_level: str,
    burn_rates: Mapping[str, float],
    error_budget_remaining: float | None,
) -> str:
    """This will return one line a window; a window without data says so."""
    lines = [f"Burn level of {service}: {previous_level} → {level}."]
    for window in WINDOWS:
        rate = burn_rates.get(window)
        lines.append(f"Over {window}: " + ("no data" if rate is None else f"{rate:.2f}x"))
    lines.append(_budget(error_budget_remaining))
    return "\n".join(lines)


def _budget(remaining: float | None) -> str:
    if remaining is None:
        return "The remaining error budget is not known."
    if remaining < 0:
        return f"The error budget is overspent by {-remaining:.1%}."
    return f"{remaining:.1%} of the error budget remains."
