"""A hole painted into a photograph, and what fills it."""
