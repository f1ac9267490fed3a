"""Questions about this book, answered from its passages or refused."""
