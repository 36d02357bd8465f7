"""The read-only web page: the link and its QR code, and the bot's health at a glance."""
