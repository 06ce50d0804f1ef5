"""What must hold in every installation (docs/verify.md), checked read-only: each row that breaks it is named."""
