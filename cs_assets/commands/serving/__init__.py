"""The Dagster UI, the daemon and the code server of a home, served to this machine's own pages."""
