"""Delivery: HTTP and the command line.  Imports everything, is imported by nothing."""
