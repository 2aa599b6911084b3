"""What is done about it: actions and their effect, alerts to the owner."""
