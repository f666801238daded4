"""Memos: a task becomes questions, an outline, evidence for each section, verified statements, gaps."""
