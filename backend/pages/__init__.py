"""The pages of the desk: one module per place, each handler small: ask a view, tell a deed, show a template."""
