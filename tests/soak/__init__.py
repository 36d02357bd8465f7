"""Thousands of statuses through the simulated gateway: does the last thousand cost what the first one did?"""
