"""How well the platform itself runs: service levels by day."""
