"""Documents of orders, labels of returns and what people attach: made in code, and put into a world."""

from __future__ import annotations
