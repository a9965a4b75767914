"""Text in, findings out. Pure: no Flask, environment, clock or network."""
