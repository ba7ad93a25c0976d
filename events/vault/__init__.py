"""The vault: keys of persons, sealed parts, and look-ups that keep nothing in the clear."""
