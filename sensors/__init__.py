"""What starts runs by itself: one file a sensor."""
