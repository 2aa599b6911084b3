"""What is said to each question: rows in scope become facts, quotes and a sentence with slots."""
