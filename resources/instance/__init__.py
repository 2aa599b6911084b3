"""The Dagster instance of one machine: storage, launcher, and the end of runs that died."""
