"""Files of other makers, in their words and folders, into an archive of that maker."""
