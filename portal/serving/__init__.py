"""The portal on one machine: a supervisor, and one process with web, worker and Beat."""
