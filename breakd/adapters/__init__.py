"""One concern each; they report by `post` and do not know one another."""
