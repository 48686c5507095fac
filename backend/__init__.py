"""The staff desk: pages, charts and the API, drawn on the server."""
