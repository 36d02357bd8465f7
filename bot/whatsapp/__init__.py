"""WhatsApp: neonize in a supervised child process."""
