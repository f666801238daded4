"""Evaluation: metrics, gold sets, harness, comparisons, gates, reports.

Write ``from eval.metrics import …``: a bare ``import eval`` would hide Python's own ``eval``.
"""
