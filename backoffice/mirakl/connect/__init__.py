"""Mirakl Connect, the seller's side: one order feed for all channels.

To add an operation: its value in `operations.py`, a method of the same name in `client.py`, its payload in `types.py`.
"""
