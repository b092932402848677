"""What people decide: what residents propose, and what is answered."""
