"""What a home serves: the Dagster UI with its daemon, questions to agents, and the desk."""
