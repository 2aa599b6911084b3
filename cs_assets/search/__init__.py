"""Words, vectors and case studies: how texts are found, for every room."""
