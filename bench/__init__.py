"""Measures the product beside its peers: ratios in one run, never a time by itself."""
