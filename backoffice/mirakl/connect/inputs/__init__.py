"""What we send to Mirakl Connect, with the limits of the contract in the types (see `backoffice.mirakl.limits`)."""

from __future__ import annotations
