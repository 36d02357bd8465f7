"""Testigo: who really posted the ad as their WhatsApp status, when, and what is the proof."""
