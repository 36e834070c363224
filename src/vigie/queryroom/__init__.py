"""queryroom."""
