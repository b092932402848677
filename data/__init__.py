"""What is shipped with the product: boundaries, and the generator of a synthetic demonstration."""
