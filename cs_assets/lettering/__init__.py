"""Text of any script on paper and in pictures: fonts, spelling, room."""
