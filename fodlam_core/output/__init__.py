"""Results as text in the formats that every command offers."""
