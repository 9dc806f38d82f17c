"""As in English, kept from left to right inside a text that is written the other way."""

LEFT_TO_RIGHT, END = "\u2066", "\u2069"

DATETIME_FORMAT = f"{LEFT_TO_RIGHT}Y-m-d H:i:s T{END}"
SHORT_DATETIME_FORMAT = f"{LEFT_TO_RIGHT}Y-m-d H:i T{END}"
DATE_FORMAT = f"{LEFT_TO_RIGHT}Y-m-d{END}"
SHORT_DATE_FORMAT = f"{LEFT_TO_RIGHT}Y-m-d{END}"
TIME_FORMAT = f"{LEFT_TO_RIGHT}H:i:s{END}"

# As the portal writes its targets and takes them in: 99.9.
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
