"""What we ask of Mirakl: every change is one row, an action, from the wish to its true end (`docs/actions.md`)."""
