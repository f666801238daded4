"""Measurements of ingest, too slow for the tests: speed, kills, hostile files."""
