"""The pages, a file each: what is read comes from ``reading``, what is decided goes to its room."""
