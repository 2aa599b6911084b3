"""How much a company of some size asks of the platform: requests, rows, hours, cost, the limit."""
