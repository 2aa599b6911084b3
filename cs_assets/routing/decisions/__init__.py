"""From recommendations and people's decisions to assignments."""
