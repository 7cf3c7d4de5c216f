"""Geography without the product: points, spatial SQL, GeoJSON, maps."""
