"""What an office's book says of one life: residences, particulars and ties, one fold each. Pure."""
