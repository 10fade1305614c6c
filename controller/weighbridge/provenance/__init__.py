'''
Signatures: what they prove about a model, given bytes, trust material and the time. No input or output.

```
Trust = KeylessTrust | KeyTrust | CertificateTrust        # frozen; each has .method and .version (sha256 of the material, for caches)

keyless_trust(trusted_root: bytes, now: datetime) -> KeylessTrust             # raises BadTrust (errors.py), one clear sentence
key_trust(keys: bytes, now: datetime, timestamp_authority: bytes | None = None) -> KeyTrust          # PEM, one or more keys
certificate_trust(roots: bytes, now: datetime, timestamp_authority: bytes | None = None, *, tolerate_authority_leaf: bool = False)
    -> CertificateTrust                                                        # PEM; the TSA chain is PEM, its signing certificate first

verify(raw: bytes, trust: Trust, now: datetime) -> Verified | Refused         # never raises
method_of(raw: bytes) -> Method | Refused                                      # how it is signed, not verified
read_manifest(statement: Statement) -> Manifest | Refused                      # OpenSSF Model Signing v1.0 only
compare(manifest: Manifest, present: Mapping[str, Present], apart: Collection[str] = ()) -> Compared
                                                                               # `apart`: signature files, no part of the model
MODEL_SIGNATURE = "https://model_signing/signature/v1.0"
LARGEST_BUNDLE = 8 MiB
```
'''
