"""The lecture as one offline page: `minidgm book`."""
