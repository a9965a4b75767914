"""Quality and speed, measured on the data in ../shared."""
