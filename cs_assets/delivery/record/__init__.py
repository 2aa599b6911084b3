"""The ledger, its stores and its journal: what was planned, tried and answered."""
