"""How the admin looks: names, colours and where its parts are found."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


def _own_styles(_request: HttpRequest) -> str:
    return static("portal/portal.css")


def _right_to_left_styles(_request: HttpRequest) -> str:
    return static("portal/rtl.css")


def _icon(_request: HttpRequest) -> str:
    return static("portal/icon.svg")


# Lightness carries the contrast: 600 bears white text, 500 is read on the dark page.
PRIMARY = {
    "50": "oklch(97.6% .010 222)",
    "100": "oklch(94.8% .022 222)",
    "200": "oklch(89.6% .044 222)",
    "300": "oklch(82.0% .074 222)",
    "400": "oklch(75.0% .100 222)",
    "500": "oklch(69.0% .106 222)",
    "600": "oklch(48.5% .088 226)",
    "700": "oklch(42.5% .078 228)",
    "800": "oklch(36.5% .066 230)",
    "900": "oklch(30.5% .054 232)",
    "950": "oklch(22.5% .042 234)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Operations portal"),
    "SITE_HEADER": _("Operations portal"),
    # The portal has no site beside the admin to return to.
    "SITE_URL": None,
    "SITE_ICON": _icon,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": _icon},
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "4px",
    "ENVIRONMENT": "portal.dashboard.environment.label",
    "DASHBOARD_CALLBACK": "portal.dashboard.views.home_context",
    "STYLES": [_own_styles, _right_to_left_styles],
    "COLORS": {"primary": PRIMARY},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": True,
        "navigation": "portal.dashboard.navigation.sidebar",
    },
}
