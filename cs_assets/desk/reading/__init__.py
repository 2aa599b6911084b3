"""What pages read: rows in the viewer's scope, put together by functions of the rooms."""
