"""Thin routes: parse, call, render."""
