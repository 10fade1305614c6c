"""The API server as a source of namespaces and the keeper of our webhook configuration."""
