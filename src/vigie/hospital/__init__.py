"""hospital."""
