"""How fast Headend is in real mode, each figure beside its floor of the same run (`make bench`)."""
