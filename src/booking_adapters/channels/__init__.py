"""Outside sellers and whoever a tenant wants to be told: messages that are signed, in both directions."""
