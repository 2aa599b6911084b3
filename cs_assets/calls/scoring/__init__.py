"""Scores of a call: rubric and cues, the evidence in the transcript, one file a dimension."""
