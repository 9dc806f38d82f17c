from collections.abc import Mapping
from typing import Any

from drf_spectacular.renderers import OpenApiYamlRenderer2
from rest_framework.renderers import JSONRenderer


class AsyncApiYaml(OpenApiYamlRenderer2):
    """`?format=yaml`, or asked for by its media type. A refusal stays a problem document."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        if renderer_context and renderer_context["response"].exception:
            return JSONRenderer().render(data, renderer_context=renderer_context)
        return super().render(  # type: ignore[no-untyped-call]  # untyped there
            data, accepted_media_type, renderer_context
        )
