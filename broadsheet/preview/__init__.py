"""The local preview: the plan, served and kept up to date while the editor writes."""
