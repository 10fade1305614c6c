"""
What can go wrong, by who can mend it.

```
WeighbridgeError
├── UserError            a file, a flag or a policy is wrong: exit 2
│   ├── BadModelRef      a text that names no model
│   ├── BadManifest      a manifest or AdmissionReview that cannot be read
│   ├── BadSite          a site object that cannot be used
│   ├── BadReport        a saved report that cannot be read
│   ├── BadTrust         a trusted root, key or certificate authority that cannot be used
│   └── BadPolicies      a policy folder that cannot be loaded
└── OperatorError        the surroundings are wrong: exit 3
    ├── EngineError      the policies could not be asked
    ├── ClusterError     the API server could not be asked
    ├── StoreError       the store of evidence could not be asked
    └── OutputError      the result could not be written
```
Anything else that is raised is our bug and may show a traceback.
A source that does not answer is no error at all: it is `Unknown` (model/outcomes.py).
"""

from __future__ import annotations


class WeighbridgeError(Exception):
    """Something a person can mend; its text is one clear sentence."""


class UserError(WeighbridgeError):
    """A file, a flag or a policy is wrong."""


class BadModelRef(UserError):
    """A text that names no model."""


class BadManifest(UserError):
    """A manifest or AdmissionReview that cannot be read."""


class BadSite(UserError):
    """A site object that cannot be used."""


class BadReport(UserError):
    """A saved report that cannot be read."""


class BadTrust(UserError):
    """A trusted root, key or certificate authority that cannot be used."""


class BadPolicies(UserError):
    """A policy folder that cannot be loaded."""


class OperatorError(WeighbridgeError):
    """The surroundings are wrong."""


class EngineError(OperatorError):
    """The policies could not be asked, or their answer cannot be trusted."""


class ClusterError(OperatorError):
    """The API server could not be asked."""


class StoreError(OperatorError):
    """The store of evidence could not be asked; reviews go on without it."""


class OutputError(OperatorError):
    """The result could not be written."""
