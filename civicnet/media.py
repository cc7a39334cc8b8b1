"""Pictures, where no web server stands in front: the demo."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from directory.pictures import FILE_NAME

A_YEAR = 365 * 24 * 3600


@require_safe
def serve_media(request: HttpRequest, path: str) -> FileResponse:
    """Files with names that we gave, and nothing else that may lie in the folder.

    A changed picture gets a new name, so it may be kept for good.
    """
    try:
        if not FILE_NAME.fullmatch(path):
            raise FileNotFoundError(path)
        file = default_storage.open(path)
    except OSError as error:
        raise Http404(path) from error
    return FileResponse(
        file,
        content_type="image/webp",
        headers={
            "Cache-Control": f"public, max-age={A_YEAR}, immutable",
            "Content-Disposition": "inline",
            "X-Content-Type-Options": "nosniff",
        },
    )
