"""What is known of languages: their names, and for each how its sentences, dates and numbers are read."""
