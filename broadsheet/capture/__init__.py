"""What an editor has in hand becomes a clean article: load, extract, clean, describe, write."""
