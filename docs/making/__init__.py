"""What makes the site of documents beside the pages themselves: `make docs`, `make pictures`."""
