"""Views: the only reads made for an edge. Scoped, and free of writes."""
