"""The six kinds a site configures weighbridge with, and what of them speaks about a namespace and its models (DESIGN §5)."""
