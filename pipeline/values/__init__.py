"""Values in news prose, found and compared in code: quantities, dates, names, quotations, negation."""
