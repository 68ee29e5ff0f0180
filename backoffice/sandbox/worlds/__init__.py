"""What fills a world: channels, products, people, and the orders made of them."""

from __future__ import annotations
