"""demoregion."""
