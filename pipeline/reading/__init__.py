"""How one article is read: its bytes, its sentences and what each is, and what the page says of itself."""
