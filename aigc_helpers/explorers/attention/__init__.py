"""What a network looks at while it translates a line, or tells a table."""
