"""epidemiology."""
