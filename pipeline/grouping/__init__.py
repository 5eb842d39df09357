"""From a mixed pile of articles to stories: what tells of one event goes into one folder, to be checked.

``given`` reads article by article, ``marks`` notes what one can be known by again, ``intake`` stores both;
``copies`` finds texts that are one text, ``pile`` holds the marks of all, ``candidates`` picks the few pairs
worth a look, ``sameness`` says how likely two articles tell of one event, ``gather`` makes groups of it, and
``settle`` stories of those; ``stories`` writes them. ``run`` alone knows the order.
"""
