"""What there is: each module's `everything(account)` lists the kinds of a few services as `{kind: [item]}`.

Items are as AWS describes them, with `Tags` (or the service's own name for them) read where the description leaves them
out.
"""
