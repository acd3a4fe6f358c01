"""Files of other makers, in their words and folders, into an archive of that maker.

In the order of what happens: ``choices`` are what the importing person decides; ``deepstate`` and
``uacontrolmap`` read a maker's file, ``meanings`` what its words say, ``cleaning`` its ground;
``foreign`` puts the zones of a file together; ``repairs`` lists what was changed or left out; and
``importing`` records it all.
"""
