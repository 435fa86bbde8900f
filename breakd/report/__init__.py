"""The report: what came of the breaks, as one HTML page that needs nothing but a browser."""
