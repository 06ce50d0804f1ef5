"""Reports: asked for, made in the background, kept for a while; and those that come each month."""
