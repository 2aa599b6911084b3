"""What is told of a customer: facts, text, and the advice."""
