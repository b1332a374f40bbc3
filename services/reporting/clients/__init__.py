"""The other services, as far as reporting asks them."""
