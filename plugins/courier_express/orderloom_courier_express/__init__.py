"""Courier Express for Orderloom: parcel labels and tracking. The courier is invented; the package is an example to copy."""
