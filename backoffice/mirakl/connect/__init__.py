"""Mirakl Connect, the seller's side: one order feed for all channels.

To add an operation: its value in `operations.py`, a method of the same name in the module of its area, what it sends in
`inputs`, what it reads in `types`.
"""
