"""Erasure in the files of a home: what people read, answers kept, ledgers, logs."""
