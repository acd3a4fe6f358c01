"""Many files of other makers, by one call, into an archive of that maker.

In the order of what happens: ``finding`` files, ``dating`` them, ``foreign``: reading what they
hold by a profile; ``founding`` or opening the archive; ``importing`` records it all. ``choices``
are what the importing person decides, ``repairs`` what was changed or left out.
"""
