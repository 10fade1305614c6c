"""The door that the API server knocks at: AdmissionReviews over HTTPS."""
