"""The desk for agents: the closed set of questions and its decisions as tools (MCP)."""
