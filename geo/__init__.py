"""Geography without a database or the web: frames and arrays in, frames and arrays out."""
