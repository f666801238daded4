"""Who is asking, and what they may do: accounts, sessions, tokens, a trusted proxy, limits."""
