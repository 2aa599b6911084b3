"""What all rooms make alike: assets by grain, checks by kind, tables to look at."""
