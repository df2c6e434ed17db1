"""The platform: a YAML file in, a searched, tracked and compared model out. It knows no model."""
