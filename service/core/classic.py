"""The classic methods, sumy's, over our own sentences and words."""
