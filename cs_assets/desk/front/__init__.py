"""The front of the desk: who may come in, who they are, and the way to the pages."""
