"""What the page shows, gathered from the archive and the measures, and packed small."""
