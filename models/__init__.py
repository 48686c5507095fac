"""What Hørt knows, remembers and does: rules (domain), memory (tables), deeds (actions), views (queries)."""
